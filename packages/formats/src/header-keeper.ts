import { malformed } from './malformed.ts';

/** 64 MiB: a hundred thousand contigs take ten; more than this in memory would break the promise of little. */
const maximumHeader = 64 * 1024 * 1024;

/** Keeps the bytes of a file until it is known where the header ends, which may be some chunks later. */
export class HeaderKeeper {
  #kept: Buffer[] = [];
  #size = 0;

  push(bytes: Buffer): void {
    // A copy: the memory of a chunk is its source's.
    this.#kept.push(Buffer.from(bytes));
    this.#size += bytes.length;
    if (this.#size <= maximumHeader + bytes.length) return;
    const text = `found no record in the first ${maximumHeader} bytes, expected a header of at most that size`;
    throw malformed(text, maximumHeader);
  }

  /** The first `size` bytes of the file; keeps nothing from then on. */
  take(size: number): Buffer {
    const header = Buffer.from(Buffer.concat(this.#kept, this.#size).subarray(0, size));
    this.#kept = [];
    return header;
  }
}
