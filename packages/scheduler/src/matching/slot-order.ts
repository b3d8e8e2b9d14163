import type { SlotNumber } from '../cluster/slot.ts';
import type { Places } from './places.ts';
import type { Scorer } from './scorer.ts';
import { scoreOf } from './slot-scan.ts';

/** What a walk looks at together: as large as makes both passing by a block and keeping its bounds cheap. */
const blockSize = 64;

const nowhere = Number.NEGATIVE_INFINITY;

const workPerTest = 2;
const workPerBlock = 1;
const workPerChange = 10;

/**
 * Slots of a round in the order of one policy, the best first, for all shapes that go by it. A policy that is a
 * weighted sum of what is free scores a slot the same for every shape, so that one order serves thousands of them: each
 * walks down from the first slot that may have room to the first that it may use.
 *
 * It is a sorted array: to move a slot moves those between in memory, which is faster than any tree of ten thousand.
 * For blocks of slots it knows how many cores and how much memory none of them has more of, so that blocks without room
 * are passed by. These bounds may be too high after slots have moved, and are put right by the next walk.
 */
export class SlotOrder {
  readonly #places: Places;
  readonly #scorer: Scorer;
  readonly #slots: Int32Array;
  /** By slot, the score for which it stands where it stands. */
  readonly #scores: Float64Array;
  readonly #mostCpus: Float64Array;
  readonly #mostMem: Float64Array;
  /** How much of the table's log is taken in. */
  #position: number;

  /** `slots` of the places, in ascending order. */
  constructor(places: Places, slots: Int32Array, scorer: Scorer) {
    this.#places = places;
    this.#scorer = scorer;
    this.#position = places.cluster.table.log.length;
    this.#scores = new Float64Array((slots.at(-1) ?? -1) + 1).fill(nowhere);
    for (const slot of slots) this.#scores[slot] = scoreOf(scorer, places, slot);
    this.#slots = sorted(slots, this.#scores);
    const blocks = Math.ceil(this.#slots.length / blockSize);
    this.#mostCpus = new Float64Array(blocks).fill(Number.POSITIVE_INFINITY);
    this.#mostMem = new Float64Array(blocks).fill(Number.POSITIVE_INFINITY);
    places.work += slots.length;
  }

  /** The best slot with so many cores and so much memory (thousandths) that passes a test, or -1. */
  find(cpus: number, mem: number, passes: (slot: SlotNumber) => boolean): SlotNumber {
    this.#catchUp();
    const first = this.#firstWithRoom(cpus, mem);
    for (let block = Math.floor(first / blockSize); block < this.#mostCpus.length; block++) {
      if ((this.#mostCpus[block] as number) < cpus || (this.#mostMem[block] as number) < mem) continue;
      const found = this.#findIn(block, first, cpus, mem, passes);
      if (found >= 0) return found;
    }
    this.#places.work += this.#mostCpus.length / blockSize;
    return -1;
  }

  #findIn(
    block: number,
    first: number,
    cpus: number,
    mem: number,
    passes: (slot: SlotNumber) => boolean,
  ): SlotNumber {
    const { any } = this.#places.cluster.table;
    const start = block * blockSize;
    const end = Math.min(start + blockSize, this.#slots.length);
    let mostCpus = 0;
    let mostMem = 0;
    this.#places.work += workPerBlock;
    for (let place = start; place < end; place++) {
      const slot = this.#slots[place] as SlotNumber;
      const slotCpus = any.cpus[slot] as number;
      const slotMem = any.mem[slot] as number;
      if (slotCpus > mostCpus) mostCpus = slotCpus;
      if (slotMem > mostMem) mostMem = slotMem;
      if (place < first || slotCpus < cpus || slotMem < mem) continue;
      this.#places.work += workPerTest;
      if (passes(slot)) return slot;
    }
    this.#mostCpus[block] = mostCpus;
    this.#mostMem[block] = mostMem;
    return -1;
  }

  /** Where slots less is free on is better, those that would be best have no room. */
  #firstWithRoom(cpus: number, mem: number): number {
    const { cpus: cpusWeight, mem: memWeight, age } = this.#scorer;
    if (cpusWeight > 0 || memWeight > 0 || age > 0) return 0;
    return this.#placeFor(cpusWeight * cpus + memWeight * mem, -1);
  }

  /** The first place whose slot does not come before one with this score and number. */
  #placeFor(score: number, slot: SlotNumber): number {
    const rank = slot < 0 ? -1 : rankOf(slot);
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#slots[middle] as SlotNumber;
      const otherScore = this.#scores[other] as number;
      if (otherScore > score || (otherScore === score && rankOf(other) < rank)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #catchUp(): void {
    const { log, lastChange } = this.#places.cluster.table;
    for (let position = this.#position; position < log.length; position++) {
      const slot = log[position] as SlotNumber;
      // A later entry tells of it, too. What was not there when the round began has no score.
      if (lastChange[slot] === position && (this.#scores[slot] ?? nowhere) > nowhere) this.#move(slot);
    }
    this.#position = log.length;
  }

  #move(slot: SlotNumber): void {
    const from = this.#placeFor(this.#scores[slot] as number, slot);
    const score = scoreOf(this.#scorer, this.#places, slot);
    const before = this.#placeFor(score, slot);
    // It leaves its own place: what is behind comes one nearer.
    const to = before > from ? before - 1 : before;
    if (to > from) {
      this.#raiseBounds(from, to, 0, -1);
      this.#slots.copyWithin(from, from + 1, to + 1);
    } else if (to < from) {
      this.#raiseBounds(to, from, -1, 0);
      this.#slots.copyWithin(to + 1, to, from);
    }
    this.#slots[to] = slot;
    this.#scores[slot] = score;
    this.#raise(Math.floor(to / blockSize), slot);
    this.#places.work += workPerChange;
  }

  /** Lets the bounds of blocks hold for the slots that pass from one block to the next between two places. */
  #raiseBounds(low: number, high: number, leaves: number, enters: number): void {
    for (let block = Math.floor(low / blockSize) + 1; block * blockSize <= high; block++) {
      this.#raise(block + enters, this.#slots[block * blockSize + leaves] as SlotNumber);
    }
  }

  #raise(block: number, slot: SlotNumber): void {
    const { any } = this.#places.cluster.table;
    this.#mostCpus[block] = Math.max(this.#mostCpus[block] as number, any.cpus[slot] as number);
    this.#mostMem[block] = Math.max(this.#mostMem[block] as number, any.mem[slot] as number);
  }
}

/**
 * Which of two slots with the same score comes first. Neighbours are often alike: in one rack or zone, which would be
 * full before others are begun, to the loss of those that must be there, or must be spread.
 */
const rankOf = (slot: SlotNumber): number => Math.imul(slot, 0x9e3779b1) >>> 0;

/** Undoes {@link rankOf}: the one factor times the other is 1 in 32 bits. */
const slotOfRank = (rank: number): SlotNumber => Math.imul(rank, 0xe8b2f51);

/** Few scores are all there are in most clusters: to sort these takes a part of the time of sorting the slots. */
function sorted(slots: Int32Array, scores: Float64Array): Int32Array {
  const byScore = new Map<number, SlotNumber[]>();
  for (const rank of Uint32Array.from(slots, rankOf).sort()) {
    const slot = slotOfRank(rank);
    const score = scores[slot] as number;
    const others = byScore.get(score);
    if (others) others.push(slot);
    else byScore.set(score, [slot]);
  }
  const result = new Int32Array(slots.length);
  let place = 0;
  for (const score of Float64Array.from(byScore.keys()).sort().reverse()) {
    for (const slot of byScore.get(score) ?? []) result[place++] = slot;
  }
  return result;
}
