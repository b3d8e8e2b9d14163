import FlatQueue from 'flatqueue';
import type { SlotNumber } from '../cluster/slot.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { CompiledTerms } from './compiled-terms.ts';
import type { Shape } from './demand-classes.ts';
import type { Places } from './places.ts';
import type { Scorer } from './scorer.ts';
import { type SlotSearch, scoreOf } from './slot-scan.ts';

/** Slots of one tier that balancing constraints treat alike, the best first. */
interface Partition {
  readonly tier: number;
  readonly group: string;
  /** Any agent of the group: they are all allowed or none. */
  readonly agent: AgentFacts;
  /** By score, negated. What is in it may be out of date; see {@link SlotQueues}. */
  readonly queue: FlatQueue<SlotNumber>;
}

const workPerPush = 0.5;

/**
 * Keeps the slots that a shape fits into in queues by score, so that placing many tasks of a shape costs the logarithm
 * of the slots for each.
 *
 * A slot is put in again whenever the log of the table says that it changed; what was in the queue before stays there,
 * and is dropped when it comes to the top with a score that is not the slot's any more. Constraints that count are
 * asked at the top only: `group-by` and `near` once for a whole partition, since they allow all of it or nothing; what
 * the others refuse is dropped until something that they count is removed. Preferences that count are brought up to
 * date for slots that come to the top: one that got worse meanwhile moves to its tier, one that got better is found
 * there once its slot changes or a new round begins.
 */
export class SlotQueues implements SlotSearch {
  readonly #shape: Shape;
  readonly #terms: CompiledTerms | undefined;
  readonly #places: Places;
  readonly #scorer: Scorer;
  #partitions: Partition[] = [];
  #byKey = new Map<string, Partition>();
  #partitionOfSlot = new Map<SlotNumber, Partition>();
  /** How much of the table's log is taken in. */
  #position = 0;
  #loosened = 0;

  constructor(shape: Shape, places: Places, scorer: Scorer) {
    this.#shape = shape;
    this.#terms = shape.terms;
    this.#places = places;
    this.#scorer = scorer;
    this.#build();
  }

  best(): SlotNumber {
    this.#catchUp();
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    let bestTier = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < this.#partitions.length; index++) {
      const partition = this.#partitions[index] as Partition;
      if (partition.tier < bestTier) break;
      const top = this.#top(partition);
      if (top < 0) continue;
      const score = -(partition.queue.peekValue() ?? 0);
      if (best >= 0 && score <= bestScore) continue;
      if (!this.#isBalanced(partition)) continue;
      best = top;
      bestScore = score;
      bestTier = partition.tier;
    }
    return best;
  }

  #isBalanced({ agent }: Partition): boolean {
    const balancing = this.#terms?.balancing;
    return balancing === undefined || balancing.allowsNow(agent, this.#places.cluster.counts);
  }

  #build(): void {
    const { table, counts } = this.#places.cluster;
    this.#partitions = [];
    this.#byKey = new Map();
    this.#partitionOfSlot = new Map();
    this.#position = table.log.length;
    this.#loosened = this.#terms?.repelling?.loosened(counts) ?? 0;
    for (const { value, slots } of this.#places.tiers(this.#shape)) {
      for (const slot of slots) {
        const { facts } = table.slot(slot).agent;
        this.#partitionOfSlot.set(slot, this.#partition(value, facts));
        this.#push(slot);
      }
      this.#places.work += slots.length;
    }
  }

  #catchUp(): void {
    const { table, counts } = this.#places.cluster;
    const { log, lastChange } = table;
    const behind = log.length - this.#position;
    const isLoosened = this.#terms?.repelling && this.#terms.repelling.loosened(counts) !== this.#loosened;
    if (isLoosened || behind > this.#places.slots.length) {
      this.#build();
      return;
    }
    for (let position = this.#position; position < log.length; position++) {
      const slot = log[position] as SlotNumber;
      // A later entry tells of it, too.
      if (lastChange[slot] === position) this.#push(slot);
    }
    this.#places.work += behind * workPerPush;
    this.#position = log.length;
  }

  #push(slot: SlotNumber): void {
    const partition = this.#partitionOfSlot.get(slot);
    if (!partition || !this.#places.isFree(slot, this.#shape)) return;
    partition.queue.push(slot, -scoreOf(this.#scorer, this.#places, slot));
  }

  /** Drops what is out of date from the top of a queue, and answers what is there then, or -1. */
  #top(partition: Partition): SlotNumber {
    const { queue } = partition;
    for (;;) {
      const slot = queue.peek();
      if (slot === undefined) return -1;
      if (this.#isUpToDate(slot, partition)) return slot;
      queue.pop();
      this.#places.work += workPerPush;
    }
  }

  #isUpToDate(slot: SlotNumber, partition: Partition): boolean {
    const { cluster } = this.#places;
    if (!this.#places.isFree(slot, this.#shape)) return false;
    if (-scoreOf(this.#scorer, this.#places, slot) !== partition.queue.peekValue()) return false;
    const terms = this.#terms;
    if (!terms) return true;
    const { facts } = cluster.table.slot(slot).agent;
    if (terms.repelling && !terms.repelling.allowsNow(facts, cluster.counts)) return false;
    return !terms.preferencesCount || this.#isOfTier(slot, partition);
  }

  /** Moves a slot whose preferences are kept otherwise than they were to its partition. */
  #isOfTier(number: SlotNumber, partition: Partition): boolean {
    const slot = this.#places.cluster.table.slot(number);
    const tier = this.#places.tierOf(slot, this.#shape);
    if (tier === partition.tier) return true;
    this.#partitionOfSlot.set(number, this.#partition(tier, slot.agent.facts));
    this.#push(number);
    return false;
  }

  #partition(tier: number, agent: AgentFacts): Partition {
    const group = this.#terms?.groupOf(agent) ?? '';
    const key = `${tier} ${group}`;
    const found = this.#byKey.get(key);
    if (found) return found;
    const partition = { tier, group, agent, queue: new FlatQueue<SlotNumber>() };
    this.#byKey.set(key, partition);
    const behind = this.#partitions.findIndex((other) => other.tier < tier);
    this.#partitions.splice(behind === -1 ? this.#partitions.length : behind, 0, partition);
    return partition;
  }
}
