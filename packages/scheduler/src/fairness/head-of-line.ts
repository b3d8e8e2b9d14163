import type { AgentId } from '../model/agent.ts';
import type { HeadOfLineRule } from '../model/policy.ts';
import type { Amounts } from './amounts.ts';
import type { KeeperId, KeptAgent, KeptAgents } from './kept-agents.ts';
import { type Fit, fitsBy, fitsSooner, type OccupiedAgent, whenFits } from './when-fits.ts';

/** The first in line: a task whose turn it was, and that found no room. */
export interface BlockedHead {
  /** For whom the agent is kept: the task, or the class of tasks of which any will do. */
  readonly keeper: KeeperId;
  readonly role: string;
  /** Milliseconds, on the clock of `now`. */
  readonly waitingSince: number;
  readonly wanted: Amounts;
}

/** Where a task will fit, and when. */
export interface ChosenAgent {
  readonly agentId: AgentId;
  readonly fit: Fit;
}

/** The agent on which there will be enough soonest, of those that are not kept for another. */
export function chooseAgent(
  wanted: Amounts,
  agents: Iterable<OccupiedAgent>,
  kept: KeptAgents,
  now: number,
): ChosenAgent | undefined {
  let best: ChosenAgent | undefined;
  for (const agent of agents) {
    if (kept.of(agent.id)) continue;
    // Most agents are no better than the best so far, which is soon told.
    if (best && !fitsBy(wanted, agent, best.fit.from, now)) continue;
    const fit = whenFits(wanted, agent, now);
    if (!fit) continue;
    const chosen = { agentId: agent.id, fit };
    if (!best || fitsSooner(chosen, best)) best = chosen;
  }
  return best;
}

/**
 * Keeps an agent for a task that is too large for what is free, after it has waited for some time, so that smaller ones
 * do not pass it for ever. The agent is kept until the task is placed, there or elsewhere, or is removed: to choose again
 * whenever another looks better would leave the room to others that was already cleared.
 *
 * The task starts at the latest when the attempts have ended that were on the agent when it was chosen, if those that
 * were let in until then keep their time.
 */
export class HeadOfLine {
  #patience = 0;
  readonly #kept: KeptAgents;
  readonly #headsPerRole: number;
  readonly #roles = new Map<KeeperId, string>();

  constructor(rule: HeadOfLineRule, kept: KeptAgents, headsPerRole = 1) {
    this.reconfigure(rule);
    this.#kept = kept;
    this.#headsPerRole = headsPerRole;
  }

  /** Goes by another rule; what is kept stays so. */
  reconfigure({ patience }: HeadOfLineRule): void {
    this.#patience = patience * 1000;
  }

  /** From when on an agent may be kept for the task. */
  dueAt({ waitingSince }: Pick<BlockedHead, 'waitingSince'>): number {
    return waitingSince + this.#patience;
  }

  /** Whether it is time to choose an agent for the task: it has waited, has none, and its role may have one more. */
  isDue(head: BlockedHead, now: number): boolean {
    if (now < this.dueAt(head) || this.#kept.agentsOf(head.keeper).length > 0) return false;
    return this.#roles.has(head.keeper) || this.#countOf(head.role) < this.#headsPerRole;
  }

  /**
   * Chooses an agent and keeps it. `agents`: those that the task could run on as far as constraints that look at the
   * agent go. Undefined: it fits on none of them, even if all else ended.
   */
  keep(head: BlockedHead, agents: Iterable<OccupiedAgent>, now: number): KeptAgent | undefined {
    const chosen = chooseAgent(head.wanted, agents, this.#kept, now);
    if (!chosen) {
      this.#roles.delete(head.keeper);
      return undefined;
    }
    this.#roles.set(head.keeper, head.role);
    return this.#kept.keep(head.keeper, chosen.agentId, head.wanted, chosen.fit);
  }

  /**
   * The task was placed or removed, or may not run on its agent any more (by a quota, or constraints that count): the
   * agent is free for all, and one may be chosen anew.
   */
  release(keeper: KeeperId): void {
    if (this.#roles.delete(keeper)) this.#kept.release(keeper);
  }

  #countOf(role: string): number {
    let count = 0;
    for (const other of this.#roles.values()) if (other === role) count++;
    return count;
  }
}
