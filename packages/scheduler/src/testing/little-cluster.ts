import { type Amounts, addAmounts, amountsFit } from '../fairness/amounts.ts';
import type { OccupiedAgent, OccupyingAttempt } from '../fairness/when-fits.ts';

interface RunningAttempt extends OccupyingAttempt {
  readonly agentId: string;
  readonly end: number;
}

/** A few agents on which attempts run for a known time: enough to see what rules of keeping come to. */
export class LittleCluster {
  readonly #totals: ReadonlyMap<string, Amounts>;
  #running: RunningAttempt[] = [];
  #launched = 0;

  /** The agents are called `a0`, `a1` and so on. */
  constructor(totals: readonly Amounts[]) {
    this.#totals = new Map(totals.map((total, index) => [`a${index}`, total]));
  }

  /** All agents, with what is free and what runs. */
  get agents(): OccupiedAgent[] {
    return [...this.#totals].map(([id, total]) => {
      const attempts = this.#running.filter(({ agentId }) => agentId === id);
      const free = Array.from(total);
      for (const { resources } of attempts) addAmounts(free, resources, -1);
      return { id, free, attempts, total };
    });
  }

  /** The ids of those that have enough free. */
  withRoomFor(wanted: Amounts): string[] {
    return this.agents.filter(({ free }) => amountsFit(wanted, free)).map(({ id }) => id);
  }

  /** Starts an attempt; throws if there is not enough free. */
  start(agentId: string, resources: Amounts, end: number, expectedEnd: number | undefined): void {
    if (!this.withRoomFor(resources).includes(agentId)) throw new Error(`${agentId} has not enough free.`);
    this.#running.push({ id: `t${this.#launched++}`, agentId, resources, end, expectedEnd });
  }

  /** Ends what is to end by now. */
  endUntil(now: number): void {
    this.#running = this.#running.filter(({ end }) => end > now);
  }
}
