/**
 * How many record starts are kept: 8 MiB of memory. Thinning leaves at least half of them, which is five for
 * each of the at most 100,000 parts, so that there is always a cut for every part.
 */
const defaultCapacity = 2 ** 20;

/** A run of whole records. */
export interface Run {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly records: number;
}

/**
 * The starts of a file's records in bounded memory: all of them up to the capacity, and beyond it every second,
 * then every fourth, and so on, evenly over the file.
 */
export class StartIndex {
  readonly #starts: Float64Array;
  #kept = 0;
  #every = 1;
  #records = 0;

  /** `capacity` is even. */
  constructor(capacity: number = defaultCapacity) {
    this.#starts = new Float64Array(capacity);
  }

  /** How many records were added. */
  get records(): number {
    return this.#records;
  }

  /** The start of the first record; 0 if there is none. */
  get first(): number {
    return this.#starts[0] ?? 0;
  }

  /** Adds the start of the next record. */
  add(start: number): void {
    if (this.#records % this.#every === 0) {
      if (this.#kept === this.#starts.length) this.#thin();
      this.#starts[this.#kept] = start;
      this.#kept += 1;
    }
    this.#records += 1;
  }

  /**
   * Cuts what lies between two places of a file at the starts that are kept into `parts` runs of nearly equal bytes: the
   * first run begins at `offset`, and so may own more than its records. `parts` is from 1 to the number of records, and to half the capacity if there are more records than the capacity.
   *
   * Every cut aims at an equal share of what is left, so that a record that is itself larger than a share takes
   * one part and the others stay equal.
   */
  cut(parts: number, body: { readonly offset: number; readonly end: number }): Run[] {
    const runs: Run[] = [];
    let from = 0;
    for (let left = parts; left > 0; left -= 1) {
      const offset = from === 0 ? body.offset : this.#offsetOf(from);
      const ideal = offset + (body.end - offset) / left;
      const to = left === 1 ? this.#kept : this.#nearest(ideal, from + 1, this.#kept - left + 1);
      const end = left === 1 ? body.end : this.#offsetOf(to);
      runs.push({
        offset,
        length: end - offset,
        records: this.#recordsBefore(to) - this.#recordsBefore(from),
      });
      from = to;
    }
    return runs;
  }

  #offsetOf(index: number): number {
    return this.#starts[index] ?? 0;
  }

  #recordsBefore(index: number): number {
    return index === this.#kept ? this.#records : index * this.#every;
  }

  /** The index from `low` to `high` (both included) whose start is nearest to `offset`. */
  #nearest(offset: number, low: number, high: number): number {
    let first = low;
    let last = high;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (this.#offsetOf(middle) < offset) first = middle + 1;
      else last = middle;
    }
    if (first === low) return low;
    return this.#offsetOf(first) - offset < offset - this.#offsetOf(first - 1) ? first : first - 1;
  }

  #thin(): void {
    for (let index = 0; index < this.#kept; index += 2) {
      this.#starts[index / 2] = this.#starts[index] ?? 0;
    }
    this.#kept /= 2;
    this.#every *= 2;
  }
}
