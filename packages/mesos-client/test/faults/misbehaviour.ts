import { setTimeout as sleep } from 'node:timers/promises';
import type { SchedulerExchange, ScriptedMaster } from '@galaxy-mesos/mesos-testkit';

/** Numbers in 0..1, always the same for a seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of several. */
export function oneOf<T>(choices: readonly T[], random: () => number): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

const offerEvent = (value: string) => ({ type: 'RESCIND', rescind: { offer_id: { value } } }) as const;

/** Two masters, of which one leads, and a token that is changed. */
export class Misbehaviour {
  readonly #masters: [ScriptedMaster, ScriptedMaster];
  readonly #random: () => number;
  /** What is to be let go of again. */
  readonly #held: (() => void)[] = [];
  #token = 1;

  constructor(masters: [ScriptedMaster, ScriptedMaster], random: () => number) {
    this.#masters = masters;
    this.#random = random;
    this.#lead(0);
    this.changeToken();
  }

  /** The token that is right now. */
  get token(): string {
    return String(this.#token);
  }

  /** The one before goes on to be taken, so that nobody is refused twice. */
  changeToken(): void {
    const tokens = [String(this.#token), String(++this.#token)];
    for (const master of this.#masters) master.credentials = { tokens };
  }

  /** Does something that masters, or the network before them, have done. */
  async happen(): Promise<void> {
    const random = this.#random;
    const master = oneOf(this.#masters, random);
    const verbs = oneOf(
      [this.#calls(master), this.#calls(master), this.#streams(master), this.#host(master)],
      random,
    );
    await oneOf(verbs, random)();
  }

  /** From now on everything is as it should be. */
  async behave(): Promise<void> {
    for (const release of this.#held.splice(0)) release();
    for (const master of this.#masters) {
      master.behave();
      master.speakAgain();
      await master.comeBack();
    }
    this.#lead(0);
  }

  #lead(index: 0 | 1): void {
    const leader = this.#masters[index];
    leader.lead();
    this.#masters[1 - index]?.follow(leader);
  }

  #calls(master: ScriptedMaster): readonly (() => void)[] {
    const next = () => master.onNext('*', 1 + Math.floor(this.#random() * 3));
    return [
      () => next().answer(503, 'Master has not finished recovery'),
      () => next().answer(404, '404 Not Found.'),
      () => next().answer(500, 'trouble'),
      () => next().answer(502, 'nobody is there'),
      () => master.onNext('KILL').answer(400, 'no such task'),
      () => master.onNext('KILL').answer(400, 'Framework cannot be found'),
      () => master.onNext('KILL').answer(400, 'x'.repeat(100_000)),
      () => next().redirect(`//${master.host}`),
      () => next().redirect('nonsense://host'),
      () => next().dropBeforeTaking(),
      () => next().dropAfterTaking(),
      () => next().delay(this.#random() * 400),
      () => this.#hold(master),
      () => master.onNext('SUBSCRIBE').play((exchange) => this.#begin(exchange)),
      () => this.changeToken(),
    ];
  }

  /** A stream that never gets as far as SUBSCRIBED; the client would be patient for 75 s. */
  #begin(exchange: SchedulerExchange): void {
    const stream = exchange.openStream('begun').sendRaw('12');
    setTimeout(() => stream.reset(), this.#random() * 100);
  }

  #hold(master: ScriptedMaster): void {
    const hold = this.#random() < 0.5 ? master.onNext('*').hold() : master.onNext('*').holdAnswer();
    this.#held.push(() => hold.release());
    if (this.#held.length > 5) this.#held.shift()?.();
  }

  #streams(master: ScriptedMaster): readonly (() => unknown)[] {
    const [stream] = master.streams.toSorted(() => this.#random() - 0.5);
    if (!stream) return [() => {}];
    return [
      () => stream.breakOff(),
      () => stream.reset(),
      () => stream.end(),
      () => stream.fallSilent(),
      () => stream.sendGarbageLength(),
      () => stream.announceRecord(2 ** 40),
      () => stream.sendTruncated(offerEvent('cut')),
      () => stream.sendRecord('\xff'),
      () => stream.sendUnknownType(),
      () => stream.sendInPieces(offerEvent('pieces'), 3),
      () => stream.sendTogether(...Array.from({ length: 50 }, (_, at) => offerEvent(String(at)))),
    ];
  }

  #host(master: ScriptedMaster): readonly (() => unknown)[] {
    const briefly = async (bad: () => void, good: () => unknown) => {
      bad();
      await sleep(this.#random() * 40);
      await good();
    };
    return [
      () =>
        briefly(
          () => master.recover(),
          () => this.#lead(0),
        ),
      () =>
        briefly(
          () => master.boot(),
          () => this.#lead(1),
        ),
      () =>
        briefly(
          () => master.loseLeader(),
          () => this.#lead(0),
        ),
      () =>
        briefly(
          () => master.crash(),
          () => master.comeBack(),
        ),
      () =>
        briefly(
          () => master.refuseConnections(),
          () => master.comeBack(),
        ),
      () =>
        briefly(
          () => master.fallSilent(),
          () => master.speakAgain(),
        ),
      () => master.restart(),
      () => master.forget(),
      () => this.#lead(this.#random() < 0.5 ? 0 : 1),
    ];
  }
}
