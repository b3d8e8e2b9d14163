import type { Cutter, Run } from './run.ts';

/**
 * How many starts are kept: 8 MiB of memory. Thinning leaves at least a quarter of them, which is more than one for each
 * of the at most 100,000 parts, so that there is always a cut for every part.
 */
const defaultCapacity = 2 ** 20;

/** What an {@link EqualCutter} makes. */
export interface EqualShares {
  /** So many runs, or one for each unit if those are fewer. */
  readonly parts: number;
  /** The size of the file, as far as it is known before its end: infinite, and all runs are made at the end. */
  readonly size: number;
  /** How many records a unit has. */
  readonly unitSize: number;
  /** An even number. */
  readonly capacity?: number;
}

/**
 * Makes runs of nearly equal bytes: every cut aims at an equal share of what is left, so that a unit that is itself larger
 * than a share takes one run and the others stay equal. A run is sure once its best end is known and enough units for
 * all others have been seen after it.
 *
 * The starts of units are kept in bounded memory: all of them up to the capacity, and beyond it every second, then every
 * fourth, and so on, evenly over what has not been cut yet.
 */
export class EqualCutter implements Cutter {
  readonly #starts: Float64Array;
  readonly #size: number;
  readonly #unitSize: number;
  /** Runs that are still to be made. */
  #left: number;
  /** Starts are kept from `#head`, where the present run begins, up to and without `#tail`. */
  #head = 0;
  #tail = 0;
  #every = 1;
  /** The number of the unit that is kept next, counted from 0. */
  #nextKept = 0;
  /** Units in all, and before the present run. */
  #units = 0;
  #unitsBefore = 0;
  /** Where the present run begins. */
  #offset = 0;
  /** Where it would end at best. */
  #ideal = 0;

  constructor({ parts, size, unitSize, capacity = defaultCapacity }: EqualShares) {
    this.#starts = new Float64Array(capacity);
    this.#size = size;
    this.#unitSize = unitSize;
    this.#left = parts;
  }

  add(starts: readonly number[], first: number, step: number, offset?: number): readonly Run[] {
    const runs: Run[] = [];
    if (this.#units === 0 && first < starts.length) this.#beginRun(offset ?? starts[first] ?? 0);
    let units = this.#units;
    for (let index = first; index < starts.length; index += step) {
      if (units === this.#nextKept) {
        const start = starts[index] ?? 0;
        this.#units = units;
        this.#keep(start);
        if (start >= this.#ideal) this.#cutSure(runs, units + 1);
      }
      units += 1;
    }
    this.#units = units;
    return runs;
  }

  end(end: number): readonly Run[] {
    if (this.#units === 0) return [];
    const runs: Run[] = [];
    this.#left = Math.min(this.#left, this.#units - this.#unitsBefore);
    while (this.#left > 1) {
      const ideal = this.#offset + (end - this.#offset) / this.#left;
      runs.push(this.#cutAt(this.#nearest(ideal, this.#head + 1, this.#tail - this.#left + 1)));
    }
    const records = (this.#units - this.#unitsBefore) * this.#unitSize;
    return [...runs, { offset: this.#offset, length: end - this.#offset, records }];
  }

  /** Makes the runs that are sure now that so many units were seen. */
  #cutSure(runs: Run[], units: number): void {
    this.#units = units;
    while (this.#left > 1 && this.#last >= this.#ideal) {
      const index = this.#nearest(this.#ideal, this.#head + 1, this.#tail - 1);
      if (index <= this.#head || this.#tail - index < this.#left - 1) break;
      runs.push(this.#cutAt(index));
    }
  }

  get #last(): number {
    return this.#starts[this.#tail - 1] ?? 0;
  }

  /** Ends the present run at this start. */
  #cutAt(index: number): Run {
    const units = (index - this.#head) * this.#every;
    const end = this.#starts[index] ?? 0;
    const run = { offset: this.#offset, length: end - this.#offset, records: units * this.#unitSize };
    this.#head = index;
    this.#unitsBefore += units;
    this.#left -= 1;
    this.#beginRun(end);
    return run;
  }

  #beginRun(offset: number): void {
    this.#offset = offset;
    this.#ideal = this.#left > 1 ? offset + (this.#size - offset) / this.#left : Number.POSITIVE_INFINITY;
  }

  /** Keeps the start of the unit whose turn it is, unless thinning has just made it one to be left out. */
  #keep(start: number): void {
    if (this.#tail === this.#starts.length) this.#makeRoom();
    if ((this.#units - this.#unitsBefore) % this.#every === 0) {
      this.#starts[this.#tail] = start;
      this.#tail += 1;
      this.#nextKept = this.#units + this.#every;
    } else {
      this.#nextKept = this.#unitsBefore + (this.#tail - this.#head) * this.#every;
    }
  }

  /** Forgets the starts before the present run; or, where those are few, every second one after its beginning. */
  #makeRoom(): void {
    const step = this.#head >= this.#starts.length / 2 ? 1 : 2;
    let kept = 0;
    for (let index = this.#head; index < this.#tail; index += step) {
      this.#starts[kept] = this.#starts[index] ?? 0;
      kept += 1;
    }
    this.#head = 0;
    this.#tail = kept;
    this.#every *= step;
  }

  /** The index from `low` to `high` (both included) whose start is nearest to `offset`. */
  #nearest(offset: number, low: number, high: number): number {
    let first = low;
    let last = high;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if ((this.#starts[middle] ?? 0) < offset) first = middle + 1;
      else last = middle;
    }
    if (first <= low) return low;
    const after = (this.#starts[first] ?? 0) - offset;
    return after < offset - (this.#starts[first - 1] ?? 0) ? first : first - 1;
  }
}
