import type { Shape } from './demand-classes.ts';
import { classesFor } from './life-classes.ts';
import { OrderSearch } from './order-search.ts';
import type { Places } from './places.ts';
import { type Scorer, scorerFor } from './scorer.ts';
import { SlotOrder } from './slot-order.ts';
import { SlotQueues } from './slot-queues.ts';
import { SlotScan, type SlotSearch } from './slot-scan.ts';

/** With so few tasks, to look at all slots for each costs less than to keep them in queues. */
const fewTasks = 3;

/** With more tasks than this it pays to keep apart the agents that are balanced against one another, or that alone will do. */
const manyTasks = 50;

/** Queues of this many shapes are kept at a time: with 10,000 slots, each takes about a quarter of a megabyte. */
const mostQueues = 64;

/** Chooses for each shape of a round how places are looked for. */
export class SlotSearches {
  readonly #places: Places;
  readonly #byShape = new Map<Shape, SlotSearch>();
  /** By name of the policy and, while agents have ends, by what they have left. */
  readonly #orders = new Map<string, SlotOrder>();
  #queues = 0;

  constructor(places: Places) {
    this.#places = places;
  }

  /** How to look for places for a shape: the same search as long as the round lasts. */
  of(shape: Shape): SlotSearch {
    const found = this.#byShape.get(shape);
    if (found) return found;
    const search = this.#newSearch(shape);
    this.#byShape.set(shape, search);
    return search;
  }

  #newSearch(shape: Shape): SlotSearch {
    const scorer = scorerFor(shape, this.#places);
    const isBalanced = shape.terms?.balancing !== undefined && shape.waiting > manyTasks;
    const isNarrow = this.#places.narrow(shape) !== undefined;
    if (!isNarrow && OrderSearch.serves(shape) && !isBalanced) {
      return new OrderSearch(shape, this.#places, this.#ordersFor(shape, scorer));
    }
    const isScanned = shape.waiting <= (isNarrow ? manyTasks : fewTasks);
    if (isScanned || this.#queues >= mostQueues) return new SlotScan(shape, this.#places, scorer);
    this.#queues++;
    return new SlotQueues(shape, this.#places, scorer);
  }

  #ordersFor({ policy, runMilliseconds }: Shape, scorer: Scorer): SlotOrder[] {
    const { byLife, slots } = this.#places;
    if (!byLife) return [this.#order(policy.name, slots, scorer)];
    return classesFor(runMilliseconds).flatMap((life) => {
      const group = byLife[life];
      return group && group.length > 0 ? this.#order(`${policy.name} ${life}`, group, scorer) : [];
    });
  }

  #order(key: string, slots: Int32Array, scorer: Scorer): SlotOrder {
    const order = this.#orders.get(key) ?? new SlotOrder(this.#places, slots, scorer);
    this.#orders.set(key, order);
    return order;
  }
}
