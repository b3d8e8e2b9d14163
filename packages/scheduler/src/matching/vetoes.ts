import type { Demand } from '../cluster/demand.ts';
import type { Shape } from './demand-classes.ts';

// A few small demands rule out nearly all that can be ruled out; each costs a comparison for each shape.
const mostKept = 16;

const isAsLarge = (demand: Demand, small: Demand): boolean =>
  demand.cpus >= small.cpus &&
  demand.mem >= small.mem &&
  demand.disk >= small.disk &&
  demand.gpus >= small.gpus;

/** Whether a shape asks for nothing but amounts that any offer may have. */
const isPlain = ({ demand, terms, role, runMilliseconds }: Shape): boolean =>
  demand.pool === 'any' &&
  !demand.special &&
  demand.scalars.length === 0 &&
  terms === undefined &&
  role === undefined &&
  runMilliseconds === undefined;

/**
 * The smallest demands that were found to fit nowhere: whatever asks for as much of everything fits nowhere either,
 * and need not be looked for, however many shapes wait. Holds until something is given back.
 */
export class Vetoes {
  #demands: Demand[] = [];

  /** Notes that a shape fits nowhere. */
  note(shape: Shape): void {
    if (!isPlain(shape) || this.covers(shape)) return;
    this.#demands = this.#demands.filter((demand) => !isAsLarge(demand, shape.demand));
    if (this.#demands.length < mostKept) this.#demands.push(shape.demand);
  }

  /** Whether a shape is known to fit nowhere. */
  covers({ demand }: Shape): boolean {
    if (demand.pool === 'revocable') return false;
    return this.#demands.some((small) => isAsLarge(demand, small));
  }

  clear(): void {
    this.#demands = [];
  }
}
