import type { Cluster } from '../cluster/cluster.ts';
import type { FairShares, ShareKey } from '../fairness/fair-shares.ts';
import type { AgentId } from '../model/agent.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { Tag } from '../model/constraint.ts';

/** A task that has a place, or was given one that nobody was told of yet. */
export interface Occupant extends ShareKey {
  readonly agentId: AgentId;
  readonly resources: TaskResources;
  readonly tags: readonly Tag[];
  readonly exclusive: boolean;
  /** How many tasks it stands for: those of a group. Default 1. */
  readonly tasks?: number;
}

/** Counts who is where: for constraints that count, for agents that a task has for itself, and for shares. */
export class Occupants {
  readonly #cluster: Cluster;
  readonly #shares: FairShares;

  constructor(cluster: Cluster, shares: FairShares) {
    this.#cluster = cluster;
    this.#shares = shares;
  }

  /** Counts one more. With `charge` false somebody else charges its share. */
  add(occupant: Occupant, charge: boolean): void {
    const { agentId, exclusive, resources, tasks } = occupant;
    this.#cluster.counts.placed(agentId, occupant);
    if (charge) this.#shares.charge(occupant, resources, tasks);
    if (exclusive) this.#setTaken(agentId, true);
  }

  /** Counts one less. */
  remove(occupant: Occupant): void {
    const { agentId, exclusive, resources, tasks } = occupant;
    const { counts } = this.#cluster;
    counts.removed(agentId, occupant);
    this.#shares.credit(occupant, resources, tasks);
    if (exclusive) this.#setTaken(agentId, counts.heldExclusively(agentId));
  }

  #setTaken(agentId: AgentId, taken: boolean): void {
    const agent = this.#cluster.agents.find(agentId);
    if (!agent || agent.taken === taken) return;
    agent.taken = taken;
    this.#cluster.table.agentChanged(agent);
  }
}
