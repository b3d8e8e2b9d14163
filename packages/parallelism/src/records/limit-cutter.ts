import type { Cutter, Run } from './run.ts';

/** How much a run may have. */
export type Limit = { readonly units: number } | { readonly bytes: number };

/**
 * Makes runs as large as a limit allows; a unit that is larger than the limit is a run of its own. The limit may be
 * changed after each run.
 */
export class LimitCutter implements Cutter {
  readonly #mostUnits: number;
  /** How many bytes the next run may have. */
  mostBytes: number;
  readonly #unitSize: number;
  #offset = 0;
  /** Of the present run, the one that began last included. */
  #units = 0;
  #lastStart = 0;

  /** `unitSize` is how many records a unit has. */
  constructor(limit: Limit, unitSize: number) {
    this.#mostUnits = 'units' in limit ? limit.units : Number.POSITIVE_INFINITY;
    this.mostBytes = 'bytes' in limit ? limit.bytes : Number.POSITIVE_INFINITY;
    this.#unitSize = unitSize;
  }

  *add(starts: readonly number[], first: number, step: number, offset?: number): Generator<Run> {
    let index = first;
    if (this.#units === 0 && index < starts.length) {
      this.#offset = offset ?? starts[index] ?? 0;
      this.#take(starts[index] ?? 0);
      index += step;
    }
    while (index < starts.length) {
      index = this.#fill(starts, index, step);
      const start = starts[index];
      if (start === undefined) break;
      const isFull = this.#units === this.#mostUnits;
      yield isFull ? this.#cut(start, this.#units) : this.#cut(this.#lastStart, this.#units - 1);
    }
  }

  end(end: number): readonly Run[] {
    if (this.#units === 0) return [];
    const last = this.#isTooLarge(end) ? [this.#cut(this.#lastStart, this.#units - 1)] : [];
    return [...last, this.#cut(end, this.#units)];
  }

  /** Takes units until the run would have too much, and answers the index of the first that was not taken. */
  #fill(starts: readonly number[], from: number, step: number): number {
    let index = from;
    let units = this.#units;
    let lastStart = this.#lastStart;
    const latest = this.#offset + this.mostBytes;
    for (; index < starts.length; index += step) {
      const start = starts[index] ?? 0;
      // What is taken so far ends here: too much is cut before the last unit, unless that is the only one.
      if (units === this.#mostUnits || (start > latest && units > 1)) break;
      units += 1;
      lastStart = start;
    }
    this.#units = units;
    this.#lastStart = lastStart;
    return index;
  }

  #take(start: number): void {
    this.#units += 1;
    this.#lastStart = start;
  }

  #isTooLarge(end: number): boolean {
    return end - this.#offset > this.mostBytes && this.#units > 1;
  }

  #cut(end: number, units: number): Run {
    const run = { offset: this.#offset, length: end - this.#offset, records: units * this.#unitSize };
    this.#offset = end;
    this.#units -= units;
    return run;
  }
}
