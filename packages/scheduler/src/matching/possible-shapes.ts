import type { AgentTable } from '../cluster/agent-table.ts';
import type { Shape } from './demand-classes.ts';
import type { Places } from './places.ts';
import { Vetoes } from './vetoes.ts';

type Most = Record<'cpus' | 'mem' | 'disk' | 'gpus', number>;

/**
 * Finds the shapes that fit anywhere at all. Those that were found to fit nowhere in an earlier round are compared with
 * what was offered since, and most are ruled out by the largest amounts of it.
 */
export class PossibleShapes {
  readonly #places: Places;
  readonly #fresh: Int32Array;
  /** The largest amounts that are free in any slot, and in any fresh one. */
  readonly #most: Most;
  readonly #mostFresh: Most;
  readonly #vetoes: Vetoes;

  constructor(places: Places) {
    const { table } = places.cluster;
    this.#places = places;
    this.#vetoes = new Vetoes(places.needOfUnknown);
    this.#fresh = Int32Array.from(table.grown);
    table.grown.clear();
    this.#most = largestOf(places.slots, table);
    this.#mostFresh = largestOf(this.#fresh, table);
  }

  /** Whether a shape fits anywhere. */
  isPossible(shape: Shape): boolean {
    const { demand, vetoed } = shape;
    if (demand.pool !== 'revocable') {
      const most = vetoed ? this.#mostFresh : this.#most;
      if (demand.cpus > most.cpus || demand.mem > most.mem) return false;
      if (demand.disk > most.disk || demand.gpus > most.gpus) return false;
    }
    if (this.#vetoes.covers(shape)) return false;
    const slots = this.#slotsToLookAt(shape);
    const { table } = this.#places.cluster;
    const found = slots.findIndex(
      (number) => this.#places.isFree(number, shape) && this.#places.suits(table.slot(number), shape),
    );
    this.#places.work += (found === -1 ? slots.length : found) * 0.1;
    if (found === -1) this.#vetoes.note(shape);
    return found !== -1;
  }

  /** Something was given back: what was found to fit nowhere may fit now. */
  forget(): void {
    this.#vetoes.clear();
  }

  #slotsToLookAt(shape: Shape): Int32Array {
    const narrow = this.#places.narrow(shape);
    const { slots } = this.#places;
    if (!shape.vetoed) return narrow ?? slots;
    return narrow && narrow.length < this.#fresh.length ? narrow : this.#fresh;
  }
}

function largestOf(slots: Int32Array, { any, gpus }: AgentTable): Most {
  const most = { cpus: 0, mem: 0, disk: 0, gpus: 0 };
  for (const slot of slots) {
    most.cpus = Math.max(most.cpus, any.cpus[slot] as number);
    most.mem = Math.max(most.mem, any.mem[slot] as number);
    most.disk = Math.max(most.disk, any.disk[slot] as number);
    most.gpus = Math.max(most.gpus, gpus[slot] as number);
  }
  return most;
}
