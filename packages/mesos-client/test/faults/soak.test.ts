import { getEventListeners } from 'node:events';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { SchedulerSession, type SessionEvent } from '../../src/index.ts';
import { framework } from '../../test-helpers/framework.ts';
import { areInOrder, Caller, codeOf, isTrue } from './distinct-calls.ts';
import { Misbehaviour, oneOf, seededRandom } from './misbehaviour.ts';

/** What happens depends on it, and on how fast the machine is: a failure may not come again with the same seed. */
const seed = Number(env.SOAK_SEED ?? 20261122);
const steps = Number(env.SOAK_STEPS ?? 4000);
const sessionCount = 4;
const problems = ['uncaughtException', 'unhandledRejection', 'warning'] as const;

type Listener = (event: SessionEvent) => void | Promise<void>;

/** What sessions are made from. */
interface Parts {
  readonly masters: readonly ScriptedMaster[];
  readonly misbehaviour: Misbehaviour;
  readonly random: () => number;
  readonly listener: (session: SchedulerSession) => Listener;
  /** Given to all of them. */
  readonly signal: AbortSignal;
}

/** Sessions that come and go, of every kind. */
class Sessions {
  readonly open: SchedulerSession[] = [];
  /** What made a session give up. */
  readonly failures: unknown[] = [];
  readonly #parts: Parts;
  readonly #ends: Promise<unknown>[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(at: number): SchedulerSession {
    const { listener, signal } = this.#parts;
    const session = this.#make();
    this.open[at] = session;
    const told = listener(session);
    const started = session.start(
      (event) => {
        if (event.type === 'FAILED') this.failures.push(event.error);
        return told(event);
      },
      { signal },
    );
    const note = (error: unknown) => {
      if (codeOf(error) !== 'SESSION_CLOSED') this.failures.push(error);
    };
    this.#ends.push(started.catch(note));
    return session;
  }

  /** Closes one, whatever it does just now, and starts another. */
  replace(at: number): void {
    const session = this.open[at];
    if (session) this.#ends.push(session.close());
    this.start(at);
  }

  async close(): Promise<void> {
    for (const session of this.open) this.#ends.push(session.close());
    await Promise.all(this.#ends);
  }

  #make(): SchedulerSession {
    const { masters, misbehaviour, random } = this.#parts;
    return new SchedulerSession({
      master: masters.map(({ url }) => url).join(','),
      framework: { ...framework, failover_timeout: 3600 },
      contentType: oneOf(['json', 'protobuf'], random),
      callTimeout: 300,
      connectTimeout: 60_000,
      maximumWaitingBytes: 1000,
      credential: {
        token: async () => {
          await sleep(random() * 5);
          return misbehaviour.token;
        },
      },
    });
  }
}

/** Sends calls and lets things happen. */
async function live(
  sessions: Sessions,
  caller: Caller,
  { misbehaviour, random, signal }: Parts,
): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const at = Math.floor(random() * sessionCount);
    const session = sessions.open[at] ?? sessions.start(at);
    const some = random() < 0.1 ? AbortSignal.timeout(Math.ceil(random() * 20)) : signal;
    for (let count = 0; count < random() * 4; count++) void caller.call(session, some);
    if (random() < 0.05) await misbehaviour.happen();
    // A session that found nobody for long tries again only after seconds.
    if (random() < (session.isConnected ? 0.005 : 0.05)) sessions.replace(at);
    if (random() < 0.5) await sleep(random() * 6);
  }
}

describe(`masters that misbehave at random (SOAK_SEED=${seed})`, () => {
  const uncaught: unknown[] = [];
  const note = (problem: unknown) => void uncaught.push(problem);
  const toClose: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const one of toClose.splice(0)) await one.close();
    for (const problem of problems) process.off(problem, note);
  });

  function setUp(masters: [ScriptedMaster, ScriptedMaster]) {
    const random = seededRandom(seed);
    const misbehaviour = new Misbehaviour(masters, random);
    const caller = new Caller();
    const { signal } = new AbortController();
    const listener = (session: SchedulerSession): Listener => {
      const isSlow = random() < 0.5;
      return ({ type }) => {
        // In the midst of an event, where the connection may be gone.
        if (type === 'SUBSCRIBED' || type === 'DISCONNECTED') void caller.call(session, signal);
        if (type === 'RESCIND' && random() < 0.002) void session.close();
        return isSlow ? sleep(random() * 3) : undefined;
      };
    };
    const parts: Parts = { masters, misbehaviour, random, listener, signal };
    const sessions = new Sessions(parts);
    toClose.unshift(sessions);
    return { parts, caller, sessions };
  }

  it('have no call taken twice, settle every one truly, and leave nothing behind', async () => {
    const before = process.getActiveResourcesInfo().length;
    for (const problem of problems) process.on(problem, note);
    const listen = () => ScriptedMaster.listen({ heartbeatSeconds: 0.1 });
    const masters: [ScriptedMaster, ScriptedMaster] = [await listen(), await listen()];
    toClose.push(...masters);
    const { parts, caller, sessions } = setUp(masters);

    await live(sessions, caller, parts);
    await parts.misbehaviour.behave();
    for (const session of sessions.open)
      await expect
        .poll(() => caller.call(session, parts.signal), { timeout: 30_000 })
        .toMatch(/^(?:taken|SESSION_CLOSED)$/);
    await sessions.close();
    await caller.settled();

    const outcomes = caller.outcomes(masters);
    expect(outcomes.filter((outcome) => !isTrue(outcome))).toStrictEqual([]);
    // That it was no idle time: some calls met every kind of end.
    const results = new Set(outcomes.map(({ result }) => result));
    expect(results).toStrictEqual(
      new Set([...results, 'taken', 'SESSION_LOST', 'CALL_FATE_UNKNOWN', 'ABORTED']),
    );
    expect(masters.map(areInOrder)).toStrictEqual([true, true]);
    expect(sessions.failures).toStrictEqual([]);
    expect(getEventListeners(parts.signal, 'abort')).toStrictEqual([]);
    for (const master of masters) await master.close();
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
    expect(uncaught).toStrictEqual([]);
  });
});
