import type { DemandClass } from '../../../src/pools/news.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Scenario } from './scenario.ts';

/** One size of tasks. */
export interface TaskKind {
  readonly cpus: number;
  readonly meanSeconds: number;
  readonly longestSeconds: number;
  waiting: number;
  running: number;
  /** How many were ever put on an agent. */
  placed: number;
}

/** The tasks of all frameworks: they come, wait, run, and are run again where they were lost. */
export class SimTasks {
  readonly kinds: readonly TaskKind[] = [
    { cpus: 1, meanSeconds: 900, longestSeconds: 3600, waiting: 0, running: 0, placed: 0 },
    { cpus: 16, meanSeconds: 2700, longestSeconds: 10_800, waiting: 0, running: 0, placed: 0 },
  ];
  came = 0;
  done = 0;
  lost = 0;
  /** No more tasks come, and those that wait are given up. */
  isOver = false;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #scenario: Scenario;

  constructor(agenda: Agenda, chance: Chance, scenario: Scenario) {
    this.#agenda = agenda;
    this.#chance = chance;
    this.#scenario = scenario;
    this.#trickle();
    this.#burst();
  }

  end(): void {
    this.isOver = true;
    for (const kind of this.kinds) {
      this.came -= kind.waiting;
      kind.waiting = 0;
    }
  }

  /** What the frameworks write into the directory of the cluster. */
  demand(now: number): DemandClass[] {
    const strange = this.isOver ? 0 : this.#scenario.strangeTasks;
    return [
      ...this.kinds.map(({ cpus, longestSeconds, waiting: count, placed }) => {
        const sizes = { cpus, memMb: cpus * 2000, diskMb: 0, gpus: 0 };
        return { from: 'f', ...sizes, count, placed, longestSeconds, at: now };
      }),
      { from: 'strange', cpus: 1, memMb: 1000, diskMb: 0, gpus: 0, count: strange, at: now },
    ].filter(({ count }) => count > 0);
  }

  /** Fills an agent with so many cores by tasks of one kind. */
  take(
    cpus: number,
  ): { readonly kind: TaskKind; readonly count: number; readonly milliseconds: number } | undefined {
    const kind = this.kinds.findLast(({ waiting, cpus: needed }) => waiting > 0 && needed <= cpus);
    if (kind === undefined) {
      return undefined;
    }
    const count = Math.min(kind.waiting, Math.floor(cpus / kind.cpus));
    kind.waiting -= count;
    kind.running += count;
    kind.placed += count;
    const seconds = Math.min(this.#chance.wait(kind.meanSeconds), kind.longestSeconds);
    return { kind, count, milliseconds: seconds * 1000 };
  }

  finish(kind: TaskKind, count: number): void {
    kind.running -= count;
    this.done += count;
  }

  lose(kind: TaskKind, count: number): void {
    kind.running -= count;
    this.lost += count;
    if (this.isOver) {
      this.came -= count;
    } else {
      kind.waiting += count;
    }
  }

  #come(count: number): void {
    if (this.isOver) {
      return;
    }
    const [small, big] = this.kinds;
    const bigCount = Math.floor(count / 100);
    if (small !== undefined && big !== undefined) {
      small.waiting += count - bigCount;
      big.waiting += bigCount;
      this.came += count;
    }
  }

  /** Tasks come in handfuls; at night there are none. */
  #trickle(): void {
    const handful = 40;
    const perHour = this.#scenario.tasksPerHour / handful;
    this.#agenda.after(this.#chance.wait(3_600_000 / perHour), () => {
      const hour = (this.#agenda.now / 3_600_000) % 24;
      if (hour > 6) {
        this.#come(handful);
      }
      this.#trickle();
    });
  }

  #burst(): void {
    this.#agenda.after(this.#chance.wait(86_400_000 / this.#scenario.burstsPerDay), () => {
      this.#come(Math.round(this.#scenario.burstSize * this.#chance.between(0.2, 1.8)));
      this.#burst();
    });
  }
}
