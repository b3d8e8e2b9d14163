import { carriageReturn, isBlankByte, newline } from '../bytes.ts';
import { type Line, startsWith } from './line.ts';
import { LineEnds } from './line-ends.ts';

/** Passes over what it knows of a chunk, from this index on; answers where it stopped. `offset` is of the chunk. */
export type Skim = (bytes: Buffer, from: number, offset: number) => number;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Enough of a line to tell its columns or its first words. */
const keptByDefault = 4096;

/**
 * Cuts chunks of any size into lines, which may end in LF or CRLF; the last may lack its end. Lines are shown where
 * they lie; of one that comes in several chunks, at most the first `kept` bytes are copied.
 */
export class LineReader {
  readonly #sink: (line: Line) => void;
  /** Is told where lines begin that are known by their first byte. */
  #tell: ((offset: number) => void) | undefined;
  #isKnown: Uint8Array = new Uint8Array(256);
  readonly #kept: number;
  readonly #skim: Skim | undefined;
  /** How the next line begins that is to be shown; `undefined`, if it is just the next one. */
  #wanted: Buffer | undefined;
  readonly #ends = new LineEnds();
  /** Bytes before the present chunk. */
  #offset = 0;
  readonly #line: Writable<Line> = {
    bytes: Buffer.alloc(0),
    from: 0,
    to: 0,
    offset: 0,
    length: 0,
    trimmed: 0,
    last: -1,
  };
  /** The beginning of a line that began in an earlier chunk. */
  #head = Buffer.alloc(0);
  #headLength = 0;
  /** How many bytes of that line came so far. */
  #carried = 0;
  /** How many of them up to the last that is not white space, and that one. */
  #visible = 0;
  #lastVisible = -1;
  #endsInReturn = false;

  /** What `skim` passes over, always whole lines, is not shown to `sink`. */
  constructor(sink: (line: Line) => void, kept = keptByDefault, skim?: Skim) {
    this.#sink = sink;
    this.#kept = kept;
    this.#skim = skim;
  }

  /** Shows no line before one that begins with this text: a search is faster than a look at every line. */
  passTo(text: Buffer): void {
    this.#wanted = text;
  }

  /**
   * Of lines whose first byte has a 1 in this table, which all are in one chunk, tells only where they begin: a look at
   * millions of lines costs more than to find them.
   */
  onlyTell(isKnown: Uint8Array, tell: (offset: number) => void): void {
    this.#isKnown = isKnown;
    this.#tell = tell;
  }

  push(bytes: Buffer): void {
    let from = 0;
    if (this.#carried > 0) {
      const end = bytes.indexOf(newline);
      this.#carry(bytes, 0, end === -1 ? bytes.length : end);
      if (end !== -1) this.#showCarried(this.#offset + end);
      from = end === -1 ? bytes.length : end + 1;
    }
    from = this.#showLines(bytes, from);
    if (from < bytes.length) this.#carry(bytes, from, bytes.length);
    this.#offset += bytes.length;
  }

  /** Shows the last line, if it lacks its end, and answers the size of the file. */
  end(): number {
    if (this.#carried > 0) this.#showCarried(this.#offset);
    return this.#offset;
  }

  #showLines(bytes: Buffer, begin: number): number {
    const line = this.#line;
    const ends = this.#ends;
    line.bytes = bytes;
    ends.begin(bytes);
    let from = this.#next(bytes, begin);
    for (let end = ends.next(from); end !== -1; end = ends.next(from)) {
      if (this.#isKnown[bytes[from] ?? 0] === 1) {
        this.#tell?.(this.#offset + from);
        from = end + 1;
        continue;
      }
      const to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
      line.from = from;
      line.to = to;
      line.offset = this.#offset + from;
      line.length = to - from;
      const visible = lastVisible(bytes, from, to);
      line.trimmed = visible - from;
      line.last = visible > from ? (bytes[visible - 1] ?? -1) : -1;
      this.#show(line);
      from = this.#next(bytes, end + 1);
    }
    return from;
  }

  /** Where the next line begins that is to be shown. */
  #next(bytes: Buffer, from: number): number {
    if (this.#wanted !== undefined) return this.#pass(bytes, this.#wanted, from);
    return this.#skim === undefined ? from : this.#skim(bytes, from, this.#offset);
  }

  /** Where the line begins that is wanted; or, if there is none here, the line that the chunk does not end. */
  #pass(bytes: Buffer, wanted: Buffer, from: number): number {
    const found = bytes.indexOf(wanted, from);
    if (found === from) return from;
    const before = found === -1 ? bytes.length : found;
    return Math.max(from, before === 0 ? 0 : bytes.lastIndexOf(newline, before - 1) + 1);
  }

  #show(line: Line): void {
    if (this.#wanted !== undefined) {
      if (!startsWith(line, this.#wanted)) return;
      this.#wanted = undefined;
    }
    this.#sink(line);
  }

  #carry(bytes: Buffer, from: number, to: number): void {
    if (to === from) return;
    const room = this.#kept - this.#headLength;
    if (room > 0) {
      if (this.#head.length === 0) this.#head = Buffer.allocUnsafe(this.#kept);
      this.#headLength += bytes.copy(this.#head, this.#headLength, from, Math.min(to, from + room));
    }
    const visible = lastVisible(bytes, from, to);
    if (visible > from) {
      this.#visible = this.#carried + visible - from;
      this.#lastVisible = bytes[visible - 1] ?? -1;
    }
    this.#carried += to - from;
    this.#endsInReturn = bytes[to - 1] === carriageReturn;
  }

  #showCarried(end: number): void {
    const line = this.#line;
    const returned = this.#endsInReturn ? 1 : 0;
    line.bytes = this.#head;
    line.from = 0;
    line.offset = end - this.#carried;
    line.length = this.#carried - returned;
    line.to = Math.min(this.#headLength, line.length);
    line.trimmed = this.#visible;
    line.last = this.#lastVisible;
    this.#carried = 0;
    this.#headLength = 0;
    this.#visible = 0;
    this.#lastVisible = -1;
    this.#show(line);
  }
}

/** The index after the last byte from `from` up to `to` that is not white space; `from`, if there is none. */
const lastVisible = (bytes: Buffer, from: number, to: number): number => {
  let end = to;
  while (end > from && isBlankByte(bytes[end - 1])) end -= 1;
  return end;
};
