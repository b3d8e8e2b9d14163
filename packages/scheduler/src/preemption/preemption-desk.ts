import type { KeeperId, KeptAgents } from '../fairness/kept-agents.ts';
import type { AgentId } from '../model/agent.ts';
import type { PreemptionRule } from '../model/policy.ts';
import type { AttemptId } from '../model/task.ts';
import {
  choosePreemption,
  fitAfter,
  type PreemptibleAgent,
  type PreemptingDemand,
} from './choose-preemption.ts';
import { PreemptionCap } from './preemption-cap.ts';

/** Attempts that are to be ended, for whom, and how gently. */
export interface Preemption {
  readonly keeper: KeeperId;
  readonly agentId: AgentId;
  readonly victims: readonly AttemptId[];
  /** Seconds between SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
}

/**
 * Ends attempts for tasks that waited long enough, no more of them in a minute than the rule allows, and keeps the room
 * for the task for which they were ended. Without a rule nothing is ever ended.
 */
export class PreemptionDesk {
  #rule: PreemptionRule | undefined;
  readonly #kept: KeptAgents;
  readonly #cap: PreemptionCap;
  readonly #tasks = new Set<KeeperId>();

  constructor(rule: PreemptionRule | undefined, kept: KeptAgents) {
    this.#rule = rule;
    this.#kept = kept;
    this.#cap = new PreemptionCap(rule?.maximumPerMinute ?? 0);
  }

  /** Goes by another rule; what was ended under the last one counts. */
  reconfigure(rule: PreemptionRule | undefined): void {
    this.#rule = rule;
    this.#cap.reconfigure(rule?.maximumPerMinute ?? 0);
  }

  /** When attempts may be ended for the task at the earliest; `Infinity`: never. */
  dueAt({ waitingSince }: Pick<PreemptingDemand, 'waitingSince'>, now: number): number {
    if (!this.#rule) return Number.POSITIVE_INFINITY;
    return Math.max(waitingSince + this.#rule.patience * 1000, this.#cap.nextAt(now));
  }

  /**
   * Whether it makes sense to {@link consider} the task: what that takes is not worked out in vain. A task for which
   * an agent is kept already is not considered, unless it was kept because it is the first in line.
   */
  isDue(demand: Pick<PreemptingDemand, 'keeper' | 'waitingSince'>, now: number): boolean {
    return !this.#isProvided(demand.keeper) && this.dueAt(demand, now) <= now;
  }

  /**
   * Chooses whom to end for a task that fits nowhere. `agents`: those that it may run on, without those kept for others.
   * What is kept for it besides is given up: it has its place now.
   */
  consider(
    demand: PreemptingDemand,
    agents: Iterable<PreemptibleAgent>,
    now: number,
  ): Preemption | undefined {
    const rule = this.#rule;
    if (!rule || !this.isDue(demand, now)) return undefined;
    const open = [...agents].filter(
      ({ id }) => (this.#kept.of(id)?.owner ?? demand.keeper) === demand.keeper,
    );
    const chosen = choosePreemption(demand, open, rule, now, this.#cap.left(now));
    const agent = chosen && open.find(({ id }) => id === chosen.agentId);
    const fit = agent && fitAfter(chosen, demand, agent, rule.grace, now);
    if (!chosen || !fit) return undefined;
    this.#cap.take(chosen.victims.length, now);
    this.#tasks.add(demand.keeper);
    this.#kept.release(demand.keeper);
    this.#kept.keep(demand.keeper, chosen.agentId, demand.wanted, fit);
    return { keeper: demand.keeper, ...chosen, graceSeconds: rule.grace };
  }

  /** The task was placed or removed: what was kept for it is free for all. */
  release(keeper: KeeperId): void {
    if (this.#tasks.delete(keeper)) this.#kept.release(keeper);
  }

  #isProvided(keeper: KeeperId): boolean {
    return this.#tasks.has(keeper) && this.#kept.agentsOf(keeper).length > 0;
  }
}
