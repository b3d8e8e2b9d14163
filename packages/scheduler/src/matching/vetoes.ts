import type { Demand } from '../cluster/demand.ts';
import type { Shape } from './demand-classes.ts';

// A few small shapes rule out nearly all that can be ruled out; each costs a comparison for each shape.
const mostKept = 16;

const isAsLarge = (demand: Demand, small: Demand): boolean =>
  demand.cpus >= small.cpus &&
  demand.mem >= small.mem &&
  demand.disk >= small.disk &&
  demand.gpus >= small.gpus;

/** Whether a shape asks for nothing but amounts that any offer may have, and that its agent stays. */
const isPlain = ({ demand, terms, role }: Shape): boolean =>
  demand.pool === 'any' &&
  !demand.special &&
  demand.scalars.length === 0 &&
  terms === undefined &&
  role === undefined;

/**
 * The smallest shapes that were found to fit nowhere: whatever asks for as much of everything fits nowhere either,
 * and need not be looked for, however many shapes wait. Holds until something is given back.
 */
export class Vetoes {
  #shapes: Shape[] = [];
  /** How long an agent must stay, in milliseconds, for a task of which nobody knows how long it runs. */
  readonly #needOfUnknown: number;

  constructor(needOfUnknown: number) {
    this.#needOfUnknown = needOfUnknown;
  }

  /** Notes that a shape fits nowhere. */
  note(shape: Shape): void {
    if (!isPlain(shape) || this.covers(shape)) return;
    this.#shapes = this.#shapes.filter((other) => !this.#isAsHard(other, shape));
    if (this.#shapes.length < mostKept) this.#shapes.push(shape);
  }

  /** Whether a shape is known to fit nowhere. */
  covers(shape: Shape): boolean {
    if (shape.demand.pool === 'revocable') return false;
    return this.#shapes.some((small) => this.#isAsHard(shape, small));
  }

  clear(): void {
    this.#shapes = [];
  }

  #isAsHard(shape: Shape, small: Shape): boolean {
    return isAsLarge(shape.demand, small.demand) && this.#staysAsLong(shape, small);
  }

  /** Whether every agent that stays long enough for `shape` does so for `small`. */
  #staysAsLong({ runMilliseconds: run }: Shape, { runMilliseconds: smallRun }: Shape): boolean {
    if (smallRun === undefined) return run === undefined || run >= this.#needOfUnknown;
    return run !== undefined && run >= smallRun;
  }
}
