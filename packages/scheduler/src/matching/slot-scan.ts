import { type SlotNumber, slotStates } from '../cluster/slot.ts';
import type { Shape } from './demand-classes.ts';
import type { Places, Tier } from './places.ts';
import type { Scorer } from './scorer.ts';

/** Finds the best slot for the next task of a shape. */
export interface SlotSearch {
  /** The best slot at this moment, or -1. */
  best(): SlotNumber;
}

// A comparison in the columns costs about a tenth of what a unit of work stands for.
const workPerSlot = 0.1;

/**
 * Looks at every slot for every task: the fastest way for shapes of which few tasks wait, since ten thousand slots are
 * compared in the time that it takes to put a thousand of them into a queue.
 */
export class SlotScan implements SlotSearch {
  readonly #shape: Shape;
  readonly #places: Places;
  readonly #scorer: Scorer;
  readonly #tiers: readonly Tier[];

  constructor(shape: Shape, places: Places, scorer: Scorer) {
    this.#shape = shape;
    this.#places = places;
    this.#scorer = scorer;
    this.#tiers = places.tiers(shape);
  }

  best(): SlotNumber {
    const isPlain = this.#scorer.custom === undefined && this.#shape.terms === undefined;
    if (this.#shape.terms?.preferencesCount) return this.#bestByPreference();
    for (const { slots } of this.#tiers) {
      const found = isPlain ? this.#bestOfPlain(slots) : this.#bestOf(slots);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The hot loop: every line of it runs for each slot and task. */
  #bestOfPlain(slots: Int32Array): SlotNumber {
    const { table } = this.#places.cluster;
    const { demand } = this.#shape;
    const { cpus: cpusWeight, mem: memWeight, age } = this.#scorer;
    const columns = table.columns.pool(demand.pool);
    if (!columns) return -1;
    const { cpus, mem, disk } = columns;
    const { gpus, states } = table;
    const { cpus: anyCpus, mem: anyMem } = table.any;
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index] as SlotNumber;
      if ((cpus[slot] as number) < demand.cpus || (mem[slot] as number) < demand.mem) continue;
      if ((disk[slot] as number) < demand.disk || (gpus[slot] as number) < demand.gpus) continue;
      const score =
        cpusWeight * (anyCpus[slot] as number) + memWeight * (anyMem[slot] as number) + age * slot;
      if (score <= bestScore || !table.fitsOtherwise(slot, demand)) continue;
      if (states[slot] !== slotStates.open && !this.#places.mayUse(slot, this.#shape)) continue;
      best = slot;
      bestScore = score;
    }
    this.#places.work += slots.length * workPerSlot;
    return best;
  }

  #bestOf(slots: Int32Array): SlotNumber {
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const slot of slots) {
      if (!this.#places.isFree(slot, this.#shape)) continue;
      const score = scoreOf(this.#scorer, this.#places, slot);
      if ((best >= 0 && score <= bestScore) || !this.#allowedNow(slot)) continue;
      best = slot;
      bestScore = score;
    }
    this.#places.work += slots.length;
    return best;
  }

  /** Every placement may change how well any agent keeps the preferences. */
  #bestByPreference(): SlotNumber {
    const byTier = new Map<number, SlotNumber[]>();
    const { table } = this.#places.cluster;
    for (const { slots } of this.#tiers) {
      for (const slot of slots) {
        if (!this.#places.isFree(slot, this.#shape)) continue;
        const value = this.#places.tierOf(table.slot(slot), this.#shape);
        const tier = byTier.get(value);
        if (tier) tier.push(slot);
        else byTier.set(value, [slot]);
      }
      this.#places.work += slots.length * 3;
    }
    for (const [, slots] of [...byTier].sort(([a], [b]) => b - a)) {
      const found = this.#bestOf(Int32Array.from(slots));
      if (found >= 0) return found;
    }
    return -1;
  }

  #allowedNow(slot: SlotNumber): boolean {
    const { terms } = this.#shape;
    if (!terms?.anyCounted) return true;
    const { table, counts } = this.#places.cluster;
    return terms.all.allowsNow(table.slot(slot).agent.facts, counts);
  }
}

/** The score of one slot as it is now. */
export function scoreOf(scorer: Scorer, { cluster }: Places, slot: SlotNumber): number {
  if (scorer.custom) return scorer.custom(slot);
  const { cpus, mem } = cluster.table.any;
  return scorer.cpus * (cpus[slot] as number) + scorer.mem * (mem[slot] as number) + scorer.age * slot;
}
