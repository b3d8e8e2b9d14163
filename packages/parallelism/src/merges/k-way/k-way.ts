import { type NumberedPart, withPartName } from '../files/name-part.ts';

/** Goes through the records of one part. */
export interface Cursor {
  readonly part: NumberedPart;
  /** Holds the present record, among other bytes. */
  readonly bytes: Buffer;
  /** Where the present record begins in `bytes`, and where it ends. */
  readonly from: number;
  readonly to: number;
  /** Goes to the next record; false if there is none. Answers no promise where the next one is at hand. */
  next(): boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** Records are handed on in chunks of this size, so that the cost of a call vanishes. */
const chunkSize = 256 * 1024;

/** The cursors by their records: each is not above the two that stand at twice its place. */
class Heap<OneCursor extends Cursor> {
  readonly #cursors: OneCursor[] = [];
  readonly #compare: (one: OneCursor, other: OneCursor) => number;

  constructor(compare: (one: OneCursor, other: OneCursor) => number) {
    this.#compare = (one, other) => compare(one, other) || one.part.index - other.part.index;
  }

  get first(): OneCursor | undefined {
    return this.#cursors[0];
  }

  add(cursor: OneCursor): void {
    this.#cursors.push(cursor);
    for (let at = this.#cursors.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  /** The first cursor went to another record. */
  sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const lesser = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(lesser, at)) return;
      this.#swap(at, lesser);
      at = lesser;
    }
  }

  removeFirst(): void {
    const last = this.#cursors.pop();
    if (last === undefined || this.#cursors.length === 0) return;
    this.#cursors[0] = last;
    this.sink();
  }

  #isBefore(one: number, other: number): boolean {
    const [first, second] = [this.#cursors[one], this.#cursors[other]];
    return first !== undefined && second !== undefined && this.#compare(first, second) < 0;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#cursors[one], this.#cursors[other]];
    if (first === undefined || second === undefined) return;
    this.#cursors[one] = second;
    this.#cursors[other] = first;
  }
}

const step = (cursor: Cursor): boolean | Promise<boolean> => {
  try {
    const stepped = cursor.next();
    if (typeof stepped === 'boolean') return stepped;
    return stepped.catch((error: unknown) => {
      throw withPartName(cursor.part, error);
    });
  } catch (error) {
    throw withPartName(cursor.part, error);
  }
};

/** Gathers records into chunks, each of memory of its own. */
class Gathering {
  #chunk = Buffer.allocUnsafeSlow(chunkSize);
  #filled = 0;

  /** Adds the record of a cursor; answers the chunk before it, if there is no room in that. */
  add({ bytes, from, to }: Cursor): Buffer | undefined {
    const full = this.#filled + to - from > this.#chunk.length ? this.take() : undefined;
    if (to - from > this.#chunk.length) this.#chunk = Buffer.allocUnsafeSlow(to - from);
    this.#filled += bytes.copy(this.#chunk, this.#filled, from, to);
    return full;
  }

  take(): Buffer {
    const full = this.#chunk.subarray(0, this.#filled);
    this.#chunk = Buffer.allocUnsafeSlow(chunkSize);
    this.#filled = 0;
    return full;
  }
}

/**
 * The records of all cursors in rising order, in chunks; of equal ones, those of earlier parts first. Closes the
 * cursors.
 */
export async function* kWay<OneCursor extends Cursor>(
  cursors: readonly OneCursor[],
  compare: (one: OneCursor, other: OneCursor) => number,
): AsyncGenerator<Buffer> {
  try {
    const heap = new Heap(compare);
    const gathering = new Gathering();
    for (const cursor of cursors) if (await step(cursor)) heap.add(cursor);
    for (let first = heap.first; first !== undefined; first = heap.first) {
      const full = gathering.add(first);
      if (full !== undefined && full.length > 0) yield full;
      const stepped = step(first);
      // Millions of records pass here: waiting for what is at hand would take longer than all the rest.
      if (stepped === true || (stepped !== false && (await stepped))) heap.sink();
      else heap.removeFirst();
    }
    const rest = gathering.take();
    if (rest.length > 0) yield rest;
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}
