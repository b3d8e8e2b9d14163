import type { SlotNumber } from '../cluster/slot.ts';
import type { Shape } from './demand-classes.ts';
import { isLinear } from './placement-policy.ts';
import type { Places } from './places.ts';
import type { SlotOrder } from './slot-order.ts';
import type { SlotSearch } from './slot-scan.ts';

/** Looks for a shape's places in the orders that it shares with others. */
export class OrderSearch implements SlotSearch {
  readonly #shape: Shape;
  readonly #places: Places;
  readonly #orders: readonly SlotOrder[];

  /** A slot of an earlier order is better than any of a later one. */
  constructor(shape: Shape, places: Places, orders: readonly SlotOrder[]) {
    this.#shape = shape;
    this.#places = places;
    this.#orders = orders;
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
      const found = this.#find((slot) => !table.slot(slot).agent.gpus && this.#passes(slot));
      if (found >= 0) return found;
    }
    return this.#find((slot) => this.#passes(slot));
  }

  #find(passes: (slot: SlotNumber) => boolean): SlotNumber {
    const { cpus, mem } = this.#shape.demand;
    for (const order of this.#orders) {
      const found = order.find(cpus, mem, passes);
      if (found >= 0) return found;
    }
    return -1;
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
