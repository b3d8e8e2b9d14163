import type { Cluster } from '../cluster/cluster.ts';
import type { Demand } from '../cluster/demand.ts';
import type { SlotNumber } from '../cluster/slot.ts';
import type { Shape } from './demand-classes.ts';
import { type Candidate, type FreeAmounts, isLinear, type PlacementPolicy } from './placement-policy.ts';
import type { Places } from './places.ts';

/** Scores slots for one shape during one round; the highest is best. */
export interface Scorer {
  /** The weights of a policy that is a weighted sum of free amounts in thousandths; 0 for others. */
  readonly cpus: number;
  readonly mem: number;
  /** The weight of the slot's number. */
  readonly age: number;
  readonly custom: ((number: SlotNumber) => number) | undefined;
}

const amountsAt = ({ table }: Cluster, number: SlotNumber, less?: Demand): FreeAmounts => ({
  cpus: ((table.any.cpus[number] as number) - (less?.cpus ?? 0)) / 1000,
  mem: ((table.any.mem[number] as number) - (less?.mem ?? 0)) / 1000,
  disk: ((table.any.disk[number] as number) - (less?.disk ?? 0)) / 1000,
  gpus: ((table.gpus[number] as number) - (less?.gpus ?? 0)) / 1000,
});

/** What a policy is shown: nothing is worked out that it does not look at. */
class CandidateView implements Candidate {
  readonly #cluster: Cluster;
  readonly #demand: Demand;
  number: SlotNumber = 0;

  constructor(cluster: Cluster, demand: Demand) {
    this.#cluster = cluster;
    this.#demand = demand;
  }

  get agent(): Candidate['agent'] {
    return this.#entry.facts;
  }

  get total(): Candidate['total'] {
    return this.#entry.total;
  }

  get free(): FreeAmounts {
    return amountsAt(this.#cluster, this.number);
  }

  get left(): FreeAmounts {
    return amountsAt(this.#cluster, this.number, this.#demand);
  }

  get tasks(): number {
    return this.#cluster.counts.tasksOn(this.#entry.facts.id);
  }

  get age(): number {
    return this.#entry.number;
  }

  get #entry() {
    return this.#cluster.table.slot(this.number).agent;
  }
}

const customScorer = (policy: PlacementPolicy, cluster: Cluster, demand: Demand): Scorer => {
  const view = new CandidateView(cluster, demand);
  const custom = (number: SlotNumber): number => {
    view.number = number;
    const score = policy.score(view);
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
  };
  return { cpus: 0, mem: 0, age: 0, custom };
};

/** How the shape's policy scores the slots of a round. */
export function scorerFor({ policy, demand }: Shape, { cluster, largest }: Places): Scorer {
  if (!isLinear(policy)) return customScorer(policy, cluster, demand);
  const { cpus, mem, age, relative } = policy;
  if (!relative) return { cpus, mem, age, custom: undefined };
  return { cpus: cpus / largest.cpus, mem: mem / largest.mem, age, custom: undefined };
}
