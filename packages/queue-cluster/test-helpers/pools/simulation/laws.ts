import type { Decision } from '../../../src/pools/decisions.ts';
import type { Ledger } from '../../../src/pools/ledger.ts';
import type { Outcome } from '../../../src/pools/state.ts';
import type { Scenario } from './scenario.ts';
import type { SimAgents } from './sim-agents.ts';
import type { SimQueue } from './sim-queue.ts';

/** What must hold at every moment, whatever goes wrong; what did not hold is kept as a sentence. */
export class Laws {
  readonly broken: string[] = [];
  isGoingDown = false;
  readonly #scenario: Scenario;
  readonly #queues: ReadonlyMap<string, SimQueue>;
  readonly #agents: SimAgents;
  readonly #submitted = new Set<string>();
  readonly #askedAt = new Map<string, number>();
  /** What was last decided about what, in this launcher's life. */
  readonly #decidedAt = new Map<string, number>();
  /** When this launcher last heard the master. */
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(scenario: Scenario, queues: ReadonlyMap<string, SimQueue>, agents: SimAgents) {
    this.#scenario = scenario;
    this.#queues = queues;
    this.#agents = agents;
  }

  /** A new launcher knows nothing of what the last one asked. */
  restart(): void {
    this.#askedAt.clear();
    this.#decidedAt.clear();
    this.#heardAt = Number.NEGATIVE_INFINITY;
  }

  /** The master has answered this launcher. */
  heardMaster(now: number): void {
    this.#heardAt = now;
  }

  /** Looks at a decision before it is carried out. */
  judge(decision: Decision, now: number): void {
    this.#neverTwice(decision, now);
    switch (decision.kind) {
      case 'submit':
        this.#expect(!this.#submitted.has(decision.pilot), `${decision.pilot} was submitted twice`);
        this.#submitted.add(decision.pilot);
        this.#expect(
          now - this.#heardAt < 60_000 + this.#scenario.tickSeconds * 1000,
          `${decision.pilot} was submitted while the master was away`,
        );
        return;
      case 'ask-status': {
        const askedAt = this.#askedAt.get(decision.system);
        const leastMs = this.isGoingDown ? 5_000 : 30_000;
        const isPolite = askedAt === undefined || now - askedAt >= leastMs;
        this.#expect(isPolite, `${decision.system} was asked too soon`);
        this.#askedAt.set(decision.system, now);
        return;
      }
      case 'forget':
        this.#nothingOf(decision.pilot, 'was forgotten');
        return;
      default:
    }
  }

  /** Looks at the world after the decisions were carried out. */
  look(): void {
    const counts = new Map<string, { waiting: number; all: number }>();
    for (const queue of this.#queues.values()) {
      for (const { pool, phase } of queue.open.values()) {
        const count = counts.get(pool.name) ?? { waiting: 0, all: 0 };
        count.all += 1;
        count.waiting += phase === 'waiting' ? 1 : 0;
        counts.set(pool.name, count);
      }
    }
    for (const { name, max, backlog } of this.#scenario.pools) {
      const { waiting, all } = counts.get(name) ?? { waiting: 0, all: 0 };
      this.#expect(all <= max, `${name} had ${all} batch jobs, and may have ${max}`);
      this.#expect(waiting <= backlog, `${name} had ${waiting} waiting batch jobs, and may have ${backlog}`);
    }
  }

  /** Looks at the world when the launcher says that nothing is left. */
  nothingLeft(): void {
    for (const [key, queue] of this.#queues) {
      this.#expect(queue.open.size === 0, `${queue.open.size} batch jobs were left in ${key}`);
    }
    this.#expect(this.#agents.all.size === 0, `${this.#agents.all.size} agents were left`);
  }

  /** Looks at what is decided right after something was decided, when nothing is new. */
  nothingNew({ decisions, events }: Outcome): void {
    const decided = decisions.map(({ kind }) => kind).join(', ');
    this.#expect(
      decisions.length + events.length === 0,
      `without news it was decided: ${decided || 'something'}`,
    );
  }

  /** Looks at the pilots of pools when there have been no tasks and no troubles for hours. */
  calm({ pilots, health }: Ledger): void {
    for (const { name, min, backlog, fingerprint } of this.#scenario.pools) {
      const all = pilots
        .values()
        .filter(({ pool, isGone }) => pool === name && !isGone)
        .toArray();
      const count = all.filter(({ ended, leaving }) => !ended && !leaving).length;
      const isFull = all.filter(({ startedAt }) => startedAt === undefined).length >= backlog;
      const isHindered = (health.get(name)?.failures ?? 0) + (health.get(name)?.refusals ?? 0) > 0;
      // Where there may be no more, those that leave are replaced when they have left.
      this.#expect(
        all.length >= min || isFull || isHindered,
        `${name} had ${all.length} pilots, and was to have ${min} at least`,
      );
      const earlier = all.filter(({ shape, startedAt }) => !startedAt && shape.fingerprint !== fingerprint);
      this.#expect(
        earlier.length === 0,
        `${name} had ${earlier.length} batch jobs that waited to be as before`,
      );
      // Those that end soon have got their replacements.
      this.#expect(count <= 2 * min, `${name} had ${count} pilots, and needed ${min} only`);
    }
  }

  #nothingOf(pilot: string, what: string): void {
    for (const [key, queue] of this.#queues) {
      this.#expect(!queue.open.has(pilot), `${pilot} ${what}, and its batch job was in ${key}`);
    }
  }

  /** What asks the master or a batch job for something is not asked again within a minute. */
  #neverTwice(decision: Decision, now: number): void {
    for (const undone of undoneBy(decision)) {
      this.#decidedAt.delete(undone);
    }
    for (const subject of subjectsOf(decision)) {
      const key = `${decision.kind} ${subject}`;
      const before = this.#decidedAt.get(key);
      this.#expect(before === undefined || now - before >= 60_000, `${key} was decided twice`);
      this.#decidedAt.set(key, now);
    }
  }

  #expect(holds: boolean, sentence: string): void {
    if (!holds && this.broken.length < 20) {
      this.broken.push(sentence);
    }
  }
}

/** What may be decided again at once, for the opposite is decided now. */
function undoneBy(decision: Decision): readonly string[] {
  switch (decision.kind) {
    case 'deactivate-agent':
      return [`reactivate-agent ${decision.agentId}`];
    case 'reactivate-agent':
      return [`deactivate-agent ${decision.agentId}`];
    case 'order':
      return [`order ${decision.pilot} ${!decision.keep} false false`];
    default:
      return [];
  }
}

function subjectsOf(decision: Decision): readonly string[] {
  switch (decision.kind) {
    case 'deactivate-agent':
    case 'reactivate-agent':
    case 'drain-agent':
    case 'mark-agent-gone':
      return [decision.agentId];
    case 'stop-batch-jobs':
    case 'cancel-batch-jobs':
    case 'ask-endings':
      return decision.ids.map((id) => `${decision.system} ${id}`);
    case 'order': {
      const { pilot, keep, drain, stop } = decision;
      return [`${pilot} ${keep} ${drain} ${stop}`];
    }
    case 'forget':
      return [decision.pilot];
    default:
      return [];
  }
}
