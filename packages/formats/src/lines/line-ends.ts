import { newline } from '../bytes.ts';

/** Below this mean length in bytes, looking at the bytes costs less than calling a search. */
const shortLine = 48;

/** A line that is longer than this is searched through after all. */
const lookedAt = 64;

const newlines = 0x0a0a0a0a;

/** The same memory, to be read in words. */
export const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * The index of the first line feed from `from` on, which is thought to be near; -1 if there is none. Looks at four bytes
 * at a time: the lowest flag that the subtraction sets is at a byte that is equal (Mycroft's test).
 */
export const nearbyLineEnd = (bytes: Buffer, view: DataView, from: number): number => {
  const limit = Math.min(from + lookedAt, view.byteLength - 3);
  let at = from;
  for (; at < limit; at += 4) {
    const word = view.getInt32(at, true) ^ newlines;
    const flags = (word - 0x01010101) & ~word & 0x80808080;
    if (flags !== 0) return at + ((31 - Math.clz32(flags & -flags)) >> 3);
  }
  return bytes.indexOf(newline, at);
};

/** Finds the ends of lines in one chunk after the other, in the way that is the faster one for lines as long as these. */
export class LineEnds {
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Ends found in the present chunk, which tell how long the lines of the next will be. */
  #found = 0;
  #isShort = false;

  /** Goes on to this chunk. */
  begin(bytes: Buffer): void {
    this.#isShort = this.#found * shortLine > this.#bytes.length;
    this.#found = 0;
    this.#bytes = bytes;
    if (this.#isShort) this.#view = viewOf(bytes);
  }

  /** The index of the first line feed from `from` on; -1 if there is none. */
  next(from: number): number {
    this.#found += 1;
    return this.#isShort ? nearbyLineEnd(this.#bytes, this.#view, from) : this.#bytes.indexOf(newline, from);
  }
}
