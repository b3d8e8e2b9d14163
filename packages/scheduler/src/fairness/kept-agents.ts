import type { AgentId } from '../model/agent.ts';
import { type Amounts, addAmounts, amountsFit } from './amounts.ts';
import { type Fit, type OccupiedAgent, whenFits } from './when-fits.ts';

/** For whom an agent is kept: the id of a task, or of a gang. */
export type KeeperId = string;

/** What is kept of an agent. */
export interface KeptAgent {
  readonly agentId: AgentId;
  readonly owner: KeeperId;
  readonly wanted: Amounts;
  /** When there will be enough, as it was first expected: it never moves further away. `Infinity`: nobody knows. */
  readonly from: number;
}

interface Keeping extends KeptAgent {
  from: number;
  spare: number[];
}

/**
 * The agents that are kept for somebody: the first in line, a gang that hoards, one for whom others were ended. An agent
 * is kept for one at a time. Others may use it only if they will be gone when the room is needed, or leave enough.
 *
 * Those that use it until then must be gone by the time that was promised first, not by a later one that new delays
 * suggest; and once that promise cannot be kept, nothing else is put there. So delays do not add up: the room is complete
 * as soon as the attempts have ended that were there at that time.
 */
export class KeptAgents {
  readonly #agents = new Map<AgentId, Keeping>();
  readonly #owners = new Map<KeeperId, Set<AgentId>>();

  /** In the order in which they were kept. */
  get all(): readonly KeptAgent[] {
    return [...this.#agents.values()];
  }

  /** Keeps `wanted` of an agent. Throws an Error if it is kept for another. */
  keep(owner: KeeperId, agentId: AgentId, wanted: Amounts, fit: Fit): KeptAgent {
    const before = this.#agents.get(agentId);
    if (before && before.owner !== owner) {
      throw new Error(
        `Agent ${agentId} is kept for ${before.owner}; release it before it is kept for ${owner}.`,
      );
    }
    const keeping = { agentId, owner, wanted, from: fit.from, spare: [...fit.spare] };
    this.#agents.set(agentId, keeping);
    const agents = this.#owners.get(owner);
    if (agents) agents.add(agentId);
    else this.#owners.set(owner, new Set([agentId]));
    return keeping;
  }

  /** What is kept of an agent, if it is. */
  of(agentId: AgentId): KeptAgent | undefined {
    return this.#agents.get(agentId);
  }

  /** All agents that are kept for somebody. */
  agentsOf(owner: KeeperId): readonly AgentId[] {
    return [...(this.#owners.get(owner) ?? [])];
  }

  /** Whether a task may be put on the agent as far as keeping goes; one for whom it is kept always may. */
  mayUse(agentId: AgentId, resources: Amounts, expectedEnd: number | undefined, keeper?: KeeperId): boolean {
    const keeping = this.#agents.get(agentId);
    if (!keeping || keeping.owner === keeper) return true;
    return isGoneBy(keeping, expectedEnd) || amountsFit(resources, keeping.spare);
  }

  /** A task for which the agent is not kept was put there all the same. */
  used(agentId: AgentId, resources: Amounts, expectedEnd: number | undefined, keeper?: KeeperId): void {
    const keeping = this.#agents.get(agentId);
    if (!keeping || keeping.owner === keeper || isGoneBy(keeping, expectedEnd)) return;
    addAmounts(keeping.spare, resources, -1);
  }

  /** Works out again what is spare and when there will be enough; to be called for kept agents when theirs changed. */
  refresh(agent: OccupiedAgent, now: number): void {
    const keeping = this.#agents.get(agent.id);
    if (!keeping) return;
    const fit = whenFits(keeping.wanted, agent, now);
    // While the promise cannot be kept, which attempts will end first is not known well enough to count on any.
    keeping.spare = fit && fit.from <= keeping.from ? fit.spare : [];
    if (fit) keeping.from = Math.min(keeping.from, fit.from);
  }

  /** Nothing is kept for this one any more: it was placed or removed, or has had its time. */
  release(owner: KeeperId): void {
    for (const agentId of this.#owners.get(owner) ?? []) this.#agents.delete(agentId);
    this.#owners.delete(owner);
  }

  /** The agent is not there any more; tells for whom it was kept. */
  agentLost(agentId: AgentId): KeeperId | undefined {
    const owner = this.#agents.get(agentId)?.owner;
    if (owner === undefined) return undefined;
    this.#agents.delete(agentId);
    const agents = this.#owners.get(owner);
    agents?.delete(agentId);
    if (agents?.size === 0) this.#owners.delete(owner);
    return owner;
  }
}

const isGoneBy = ({ from }: Keeping, expectedEnd: number | undefined): boolean =>
  expectedEnd !== undefined && from !== Number.POSITIVE_INFINITY && expectedEnd <= from;
