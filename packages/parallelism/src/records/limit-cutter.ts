import { type Cutter, noRuns, type Run } from './run.ts';

/** How much a run may have. */
export type Limit = { readonly units: number } | { readonly bytes: number };

/** Makes runs as large as a limit allows; a unit that is larger than the limit is a run of its own. */
export class LimitCutter implements Cutter {
  readonly #mostUnits: number;
  readonly #mostBytes: number;
  readonly #unitSize: number;
  #offset = 0;
  /** Of the present run, the one that began last included. */
  #units = 0;
  #lastStart = 0;

  /** `unitSize` is how many records a unit has. */
  constructor(limit: Limit, unitSize: number) {
    this.#mostUnits = 'units' in limit ? limit.units : Number.POSITIVE_INFINITY;
    this.#mostBytes = 'bytes' in limit ? limit.bytes : Number.POSITIVE_INFINITY;
    this.#unitSize = unitSize;
  }

  add(start: number, offset: number = start): readonly Run[] {
    const runs = this.#units === 0 ? this.#first(offset) : this.#later(start);
    this.#units += 1;
    this.#lastStart = start;
    return runs;
  }

  end(end: number): readonly Run[] {
    return this.#units === 0 ? noRuns : [...this.#fit(end), this.#cut(end, this.#units)];
  }

  #first(offset: number): readonly Run[] {
    this.#offset = offset;
    return noRuns;
  }

  #later(start: number): readonly Run[] {
    return this.#units === this.#mostUnits ? [this.#cut(start, this.#units)] : this.#fit(start);
  }

  /** Ends the run before the last unit, which ends at `end`, if it would be too large with it. */
  #fit(end: number): readonly Run[] {
    const isTooLarge = end - this.#offset > this.#mostBytes && this.#units > 1;
    return isTooLarge ? [this.#cut(this.#lastStart, this.#units - 1)] : noRuns;
  }

  #cut(end: number, units: number): Run {
    const run = { offset: this.#offset, length: end - this.#offset, records: units * this.#unitSize };
    this.#offset = end;
    this.#units -= units;
    return run;
  }
}
