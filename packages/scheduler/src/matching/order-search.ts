import type { SlotNumber } from '../cluster/slot.ts';
import type { Shape } from './demand-classes.ts';
import { isLinear } from './placement-policy.ts';
import type { Places } from './places.ts';
import type { SlotOrder } from './slot-order.ts';
import type { SlotSearch } from './slot-scan.ts';

/** Looks for a shape's places in the order that it shares with others. */
export class OrderSearch implements SlotSearch {
  readonly #shape: Shape;
  readonly #places: Places;
  readonly #order: SlotOrder;

  constructor(shape: Shape, places: Places, order: SlotOrder) {
    this.#shape = shape;
    this.#places = places;
    this.#order = order;
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
      const found = this.#order.find(
        demand.cpus,
        demand.mem,
        (slot) => !table.slot(slot).agent.gpus && this.#passes(slot),
      );
      if (found >= 0) return found;
    }
    return this.#order.find(demand.cpus, demand.mem, (slot) => this.#passes(slot));
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
