import type { Headers } from '../http/reply.ts';
import type { Exchange } from './exchange.ts';

/** Does with a request what its rule says; `take` does with it what would be done without a rule. */
type Action<Ex> = (exchange: Ex, take: () => void) => void;

interface Rule<Ex> {
  readonly type: string;
  readonly action: Action<Ex>;
  timesLeft: number;
}

/** A request, or its answer, that is held back. */
export class Hold<Ex> {
  /** The request, once it is here. */
  readonly arrived: Promise<Ex>;
  readonly #arrive: (exchange: Ex) => void;
  readonly #releases: (() => void)[] = [];

  constructor() {
    const { promise, resolve } = Promise.withResolvers<Ex>();
    this.arrived = promise;
    this.#arrive = resolve;
  }

  /** Lets go of everything that is held; what comes later is held again while the rule lasts. */
  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  /** @private Called by the rule. */
  keep(exchange: Ex, release: () => void): void {
    this.#releases.push(release);
    this.#arrive(exchange);
  }
}

/** What is to be done with the calls that were named: say it with one of the verbs. */
export class Orders<Ex extends Exchange<unknown>> {
  readonly #add: (action: Action<Ex>) => void;

  constructor(add: (action: Action<Ex>) => void) {
    this.#add = add;
  }

  /** Answers so, and does not take the call. */
  answer(status: number, words = '', headers: Headers = {}): void {
    this.#add((exchange) => exchange.answer(status, words, headers));
  }

  /** Answers 307 with this Location, as it is. */
  redirect(location: string): void {
    this.answer(307, '', { Location: location });
  }

  /** Resets the connection; the call has no effect. */
  dropBeforeTaking(): void {
    this.#add((exchange) => exchange.reset());
  }

  /** Takes the call, and resets the connection in place of an answer: its fate is unknown to the sender. */
  dropAfterTaking(): void {
    this.#add((exchange, take) => {
      exchange.loseAnswer();
      take();
    });
  }

  /** Takes the call only after this many milliseconds. */
  delay(milliseconds: number): void {
    this.#add((_exchange, take) => {
      setTimeout(take, milliseconds).unref();
    });
  }

  /** Takes the call only when the hold is released, even if its sender is gone by then. */
  hold(): Hold<Ex> {
    const hold = new Hold<Ex>();
    this.#add((exchange, take) => hold.keep(exchange, take));
    return hold;
  }

  /** Takes the call at once, and answers only when the hold is released. */
  holdAnswer(): Hold<Ex> {
    const hold = new Hold<Ex>();
    this.#add((exchange, take) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      exchange.holdAnswer(promise);
      take();
      hold.keep(exchange, resolve);
    });
    return hold;
  }

  /** Hands the request to a function that answers it. */
  play(answer: (exchange: Ex, take: () => void) => void): void {
    this.#add(answer);
  }
}

/** The rules that are in force, the oldest first. */
export class Rules<Ex extends Exchange<unknown>> {
  #rules: Rule<Ex>[] = [];

  /** For the next calls of a type, `*` for any. */
  onNext(type: string, times = 1): Orders<Ex> {
    return new Orders((action) => {
      this.#rules.push({ type, action, timesLeft: times });
    });
  }

  /** Every rule is lifted. */
  lift(): void {
    this.#rules = [];
  }

  /** The action for a call, which uses its rule up by one. */
  claim(type: string): Action<Ex> | undefined {
    const rule = this.#rules.find((one) => one.type === type || one.type === '*');
    if (!rule) return undefined;
    rule.timesLeft--;
    if (rule.timesLeft === 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.action;
  }
}
