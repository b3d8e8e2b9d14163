import type { PilotEndClass, PoolEvent } from '../../../src/pools/events.ts';

/** What a simulation came to. */
export interface Figures {
  readonly days: number;
  readonly ticks: number;
  /** Milliseconds of a tick of the core: the middle one, and one of a hundred is longer than the other. */
  readonly tickMedian: number;
  readonly tickHundredth: number;
  readonly mostPilots: number;
  readonly submits: number;
  /** Average agents: needed by the tasks, asked for in the queue, and with the master. */
  readonly agentsNeeded: number;
  readonly agentsAsked: number;
  readonly agentsHad: number;
  /** Of the agent hours that were had, those without a task. */
  readonly idleShare: number;
  readonly tasksDone: number;
  readonly tasksLost: number;
  /** Most in any hour, of one system, over 60. */
  readonly statusCallsPerMinute: number;
  readonly averageStatusCallsPerMinute: number;
  readonly journalLinesPerPilot: number;
  readonly ends: ReadonlyMap<PilotEndClass, number>;
  readonly crashes: number;
  readonly pauses: number;
}

/** Adds up what happens. */
export class Tally {
  ticks = 0;
  submits = 0;
  crashes = 0;
  mostPilots = 0;
  #pauses = 0;
  #lines = 0;
  readonly #ends = new Map<PilotEndClass, number>();
  readonly #tickTimes: number[] = [];
  /** By system and hour. */
  readonly #calls = new Map<string, number>();
  #allCalls = 0;
  readonly #sums = { needed: 0, asked: 0, had: 0, idle: 0 };

  tick(milliseconds: number): void {
    this.ticks += 1;
    this.#tickTimes.push(milliseconds);
  }

  event(event: PoolEvent): void {
    this.#lines += 1;
    if (event.kind === 'ended') {
      this.#ends.set(event.class, (this.#ends.get(event.class) ?? 0) + 1);
    } else if (event.kind === 'refused') {
      this.#ends.set('refused', (this.#ends.get('refused') ?? 0) + 1);
    } else if (event.kind === 'health' && event.health.paused !== undefined) {
      this.#pauses += 1;
    }
  }

  call(system: string, now: number): void {
    const key = `${system} ${Math.floor(now / 3_600_000)}`;
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
    this.#allCalls += 1;
  }

  sample(sample: { needed: number; asked: number; had: number; idle: number }): void {
    this.#sums.needed += sample.needed;
    this.#sums.asked += sample.asked;
    this.#sums.had += sample.had;
    this.#sums.idle += sample.idle;
    this.mostPilots = Math.max(this.mostPilots, sample.asked);
  }

  figures(days: number, systems: number, tasks: { done: number; lost: number }): Figures {
    const times = this.#tickTimes.toSorted((a, b) => a - b);
    const { needed, asked, had, idle } = this.#sums;
    return {
      days,
      ticks: this.ticks,
      tickMedian: times[Math.floor(times.length / 2)] ?? 0,
      tickHundredth: times[Math.floor(times.length * 0.99)] ?? 0,
      mostPilots: this.mostPilots,
      submits: this.submits,
      agentsNeeded: needed / this.ticks,
      agentsAsked: asked / this.ticks,
      agentsHad: had / this.ticks,
      idleShare: idle / Math.max(1, had),
      tasksDone: tasks.done,
      tasksLost: tasks.lost,
      statusCallsPerMinute: Math.max(0, ...this.#calls.values()) / 60,
      averageStatusCallsPerMinute: this.#allCalls / systems / (days * 1440),
      journalLinesPerPilot: this.#lines / Math.max(1, this.submits),
      ends: this.#ends,
      crashes: this.crashes,
      pauses: this.#pauses,
    };
  }
}
