import FlatQueue from 'flatqueue';
import type { SlotNumber } from '../cluster/agent-table.ts';
import type { Shape } from './demand-classes.ts';
import { isLinear } from './placement-policy.ts';
import type { Places } from './places.ts';
import type { Scorer } from './scorer.ts';
import { type SlotSearch, scoreOf } from './slot-scan.ts';

const nowhere = Number.NEGATIVE_INFINITY;
const workPerCheck = 2;

/**
 * The slots of a round in the order of one policy, for all shapes that go by it. A policy that is a weighted sum of what
 * is free scores a slot the same for every shape, so that one order serves thousands of them: each walks down from the
 * best slot to the first that it may use.
 *
 * It is a complete binary tree over the slots. Each node has the best score below it, and the most cores and memory
 * that are free below it, so that whole branches without room are passed by. A change of a slot costs as many steps
 * as the tree is high.
 */
export class SlotTree {
  readonly #places: Places;
  readonly #scorer: Scorer;
  readonly #leaves: number;
  readonly #best: Float64Array;
  readonly #cpus: Float64Array;
  readonly #mem: Float64Array;
  readonly #placeOf = new Map<SlotNumber, number>();
  /** Nodes that are still to be looked at, the best first. */
  readonly #queue = new FlatQueue<number>();
  /** How much of the table's log is taken in. */
  #position: number;

  constructor(places: Places, scorer: Scorer) {
    this.#places = places;
    this.#scorer = scorer;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(places.slots.length, 1)));
    this.#best = new Float64Array(2 * this.#leaves).fill(nowhere);
    this.#cpus = new Float64Array(2 * this.#leaves);
    this.#mem = new Float64Array(2 * this.#leaves);
    this.#position = places.cluster.table.log.length;
    for (const [place, slot] of places.slots.entries()) {
      this.#placeOf.set(slot, place);
      this.#setLeaf(this.#leaves + place, slot);
    }
    for (let node = this.#leaves - 1; node > 0; node--) this.#sumUp(node);
    places.work += places.slots.length;
  }

  /** The best slot with so many cores and so much memory (thousandths) that passes a test, or -1. */
  find(cpus: number, mem: number, passes: (slot: SlotNumber) => boolean): SlotNumber {
    this.#catchUp();
    const queue = this.#queue;
    queue.clear();
    for (let node: number | undefined = 1; node !== undefined; node = queue.pop()) {
      const leaf = this.#descend(node, cpus, mem);
      this.#places.work += workPerCheck;
      if (leaf === 0) continue;
      const slot = this.#places.slots[leaf - this.#leaves] as SlotNumber;
      if (passes(slot)) return slot;
    }
    return -1;
  }

  /**
   * The best leaf with enough room below a node, or 0; what is passed by is put into the queue. To go all the way down
   * at once matters where many are equally good: taken from the queue, they would all be opened first.
   */
  #descend(from: number, cpus: number, mem: number): number {
    let node = this.#hasRoom(from, cpus, mem) ? from : 0;
    while (node > 0 && node < this.#leaves) {
      const left = this.#hasRoom(2 * node, cpus, mem) ? 2 * node : 0;
      const right = this.#hasRoom(2 * node + 1, cpus, mem) ? 2 * node + 1 : 0;
      node = left > 0 && right > 0 ? this.#better(left, right) : left + right;
      if (this.#isAnyBetter(node)) {
        this.#queue.push(node, -(this.#best[node] as number));
        return 0;
      }
    }
    return node;
  }

  /** What looked best from above may have no room: then something else is better. */
  #isAnyBetter(node: number): boolean {
    const next = this.#queue.peekValue();
    return node > 0 && next !== undefined && -next > (this.#best[node] as number);
  }

  /** The better of two nodes; the other is put into the queue. */
  #better(left: number, right: number): number {
    const isLeft = (this.#best[left] as number) >= (this.#best[right] as number);
    const other = isLeft ? right : left;
    this.#queue.push(other, -(this.#best[other] as number));
    return isLeft ? left : right;
  }

  #hasRoom(node: number, cpus: number, mem: number): boolean {
    return (
      (this.#cpus[node] as number) >= cpus &&
      (this.#mem[node] as number) >= mem &&
      (this.#best[node] as number) > nowhere
    );
  }

  #catchUp(): void {
    const { log, lastChange } = this.#places.cluster.table;
    for (let position = this.#position; position < log.length; position++) {
      const slot = log[position] as SlotNumber;
      const place = lastChange[slot] === position ? this.#placeOf.get(slot) : undefined;
      if (place === undefined) continue;
      let node = this.#leaves + place;
      this.#setLeaf(node, slot);
      for (node >>= 1; node > 0; node >>= 1) this.#sumUp(node);
      this.#places.work += workPerCheck;
    }
    this.#position = log.length;
  }

  #setLeaf(node: number, slot: SlotNumber): void {
    const { any } = this.#places.cluster.table;
    this.#best[node] = scoreOf(this.#scorer, this.#places, slot);
    this.#cpus[node] = any.cpus[slot] as number;
    this.#mem[node] = any.mem[slot] as number;
  }

  #sumUp(node: number): void {
    const [left, right] = [2 * node, 2 * node + 1];
    this.#best[node] = Math.max(this.#best[left] as number, this.#best[right] as number);
    this.#cpus[node] = Math.max(this.#cpus[left] as number, this.#cpus[right] as number);
    this.#mem[node] = Math.max(this.#mem[left] as number, this.#mem[right] as number);
  }
}

/** Looks for a shape's places in the order that it shares with others. */
export class TreeSearch implements SlotSearch {
  readonly #shape: Shape;
  readonly #places: Places;
  readonly #tree: SlotTree;

  constructor(shape: Shape, places: Places, tree: SlotTree) {
    this.#shape = shape;
    this.#places = places;
    this.#tree = tree;
  }

  /** Whether a shape can share an order: preferences make one of their own. */
  static serves({ policy, terms, demand }: Shape): boolean {
    return isLinear(policy) && !terms?.anyPreference && demand.pool !== 'revocable';
  }

  best(): SlotNumber {
    const { demand } = this.#shape;
    const { table } = this.#places.cluster;
    // Graphics processors are kept from those who do not ask for them only while there is another place.
    if (demand.gpus === 0 && this.#places.anyGpus) {
      const found = this.#tree.find(
        demand.cpus,
        demand.mem,
        (slot) => !table.slot(slot).agent.gpus && this.#passes(slot),
      );
      if (found >= 0) return found;
    }
    return this.#tree.find(demand.cpus, demand.mem, (slot) => this.#passes(slot));
  }

  #passes(number: SlotNumber): boolean {
    const { table, counts } = this.#places.cluster;
    if (!this.#places.isFree(number, this.#shape)) return false;
    const slot = table.slot(number);
    if (!this.#places.suits(slot, this.#shape)) return false;
    const { terms } = this.#shape;
    return !terms?.anyCounted || terms.all.allowsNow(slot.agent.facts, counts);
  }
}
