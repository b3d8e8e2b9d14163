import { FormatError, openDecoded } from '@galaxy-mesos/formats';
import type { NumberedPart } from '../files/name-part.ts';
import { ContentWindow } from '../k-way/content-window.ts';
import type { Cursor } from '../k-way/k-way.ts';
import type { Key } from './parameters.ts';

const newline = 0x0a;
const hash = 0x23;
const reverseStrand = 0x10;

/** What the key of a line is made of: a text, a number, or the number of a contig. */
export type KeyValue = string | number;

/** How lines are read and compared. */
export interface LineOrder {
  readonly keys: readonly Key[];
  /** A byte. */
  readonly separator: number;
  /** The place of each contig; absent: contigs are in the order of their names, byte by byte. */
  readonly contigs: ReadonlyMap<string, number> | undefined;
  /** Whether lines that begin with "#" belong to the line before. */
  readonly hasComments: boolean;
}

/** Compares two lines by their keys. */
export const compareValues = (
  keys: readonly Key[],
  one: readonly KeyValue[],
  other: readonly KeyValue[],
): number => {
  for (let index = 0; index < keys.length; index += 1) {
    const [left, right] = [one[index] ?? '', other[index] ?? ''];
    if (left === right) continue;
    return left < right === keys[index]?.reverse ? 1 : -1;
  }
  return 0;
};

/** More digits than these may be more than a number holds. */
const exactDigits = 15;

/** The number that these digits are; `undefined` if they are anything else, or too many. */
const wholeNumber = (bytes: Buffer, from: number, to: number): number | undefined => {
  if (to === from || to - from > exactDigits) return undefined;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = 10 * value + digit;
  }
  return value;
};

/** Goes through the lines of a part, which must be in order. */
export class LineCursor implements Cursor {
  readonly part: NumberedPart;
  from = 0;
  to = 0;
  values: KeyValue[] = [];
  #before: KeyValue[] = [];
  #isFirst = true;
  readonly #order: LineOrder;
  readonly #lastColumn: number;
  readonly #window: ContentWindow;
  readonly #start: number;
  readonly #signal: AbortSignal | undefined;
  /** Where columns begin in the line, and where the one behind the last of them would. */
  readonly #columns: number[] = [];

  /** `start` is where the lines begin, behind a header. */
  constructor(
    part: NumberedPart,
    order: LineOrder,
    { start, signal }: { start: number; signal: AbortSignal | undefined },
  ) {
    this.part = part;
    this.#order = order;
    this.#lastColumn = Math.max(...order.keys.map(({ column }) => column));
    this.#window = new ContentWindow(part.path, signal);
    this.#start = start;
    this.#signal = signal;
  }

  get bytes(): Buffer {
    return this.#window.bytes;
  }

  next(): boolean | Promise<boolean> {
    if (this.#isFirst) return this.#begin();
    const window = this.#window;
    window.at = this.to;
    const end = window.bytes.indexOf(newline, window.at);
    // The line is complete for certain only if it shows that no comment follows.
    if (end === -1 || end + 1 >= window.bytes.length) return this.#load();
    if (this.#order.hasComments && window.bytes[end + 1] === hash) return this.#load();
    return this.#take(end, end + 1);
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  async #begin(): Promise<boolean> {
    await this.#window.skip(this.#start);
    this.#isFirst = false;
    this.to = this.#window.at;
    return this.next();
  }

  /** The end of the line that begins `within` bytes after the place of the window, which may need more of the file. */
  async #lineEnd(within: number): Promise<number> {
    const window = this.#window;
    for (let searched = within; ; ) {
      const end = window.bytes.indexOf(newline, window.at + searched);
      if (end !== -1) return end - window.at;
      searched = window.bytes.length - window.at;
      if (!(await window.more())) return searched;
    }
  }

  async #load(): Promise<boolean> {
    const window = this.#window;
    if (!(await window.reach(1))) return false;
    const length = await this.#lineEnd(0);
    let whole = length + 1;
    while (
      this.#order.hasComments &&
      (await window.reach(whole + 1)) &&
      window.bytes[window.at + whole] === hash
    ) {
      whole = (await this.#lineEnd(whole)) + 1;
    }
    if (!(await window.reach(whole))) window.closeLine();
    return this.#take(window.at + length, window.at + whole);
  }

  #take(lineEnd: number, to: number): boolean | Promise<boolean> {
    this.from = this.#window.at;
    this.to = to;
    const before = this.values;
    this.values = this.#before;
    this.#before = before;
    const wrong = this.#readValues(lineEnd);
    if (wrong !== undefined) return this.#fail(wrong);
    if (before.length === 0 || compareValues(this.#order.keys, before, this.values) <= 0) return true;
    return this.#fail(
      'the line is lower than the one before it, expected lines in the order of the keys; sort the part, or give ' +
        'the keys by which it is sorted',
    );
  }

  /** Answers what is wrong with the line, if something is. */
  #readValues(lineEnd: number): string | undefined {
    const { bytes } = this.#window;
    const end = bytes[lineEnd - 1] === 0x0d && lineEnd > this.from ? lineEnd - 1 : lineEnd;
    const found = this.#findColumns(end);
    if (found < this.#lastColumn) return `has ${found} columns, expected at least ${this.#lastColumn}`;
    const { keys } = this.#order;
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] as Key;
      const from = key.column === 0 ? this.from : (this.#columns[key.column - 1] ?? end);
      const to = key.column === 0 ? end : (this.#columns[key.column] ?? end + 1) - 1;
      const value =
        (key.kind === 'number' ? wholeNumber(bytes, from, to) : undefined) ??
        this.#valueOf(key, bytes.toString('latin1', from, to));
      if (value === undefined) return this.#unfit(key, bytes.toString('latin1', from, to));
      this.values[index] = value;
    }
    return undefined;
  }

  /** Answers how many columns there are, up to the last that is needed. */
  #findColumns(end: number): number {
    const { bytes } = this.#window;
    const { separator } = this.#order;
    const [columns, wanted] = [this.#columns, this.#lastColumn];
    if (wanted === 0) return 0;
    columns[0] = this.from;
    let count = 0;
    // Columns are short: a search by a call for each would take longer.
    for (let at = this.from; at < end; at += 1) {
      if (bytes[at] !== separator) continue;
      count += 1;
      columns[count] = at + 1;
      if (count === wanted) return count;
    }
    count += 1;
    columns[count] = end + 1;
    return count;
  }

  #valueOf({ kind }: Key, text: string): KeyValue | undefined {
    if (kind === 'text') return text;
    if (kind === 'contig') return this.#contigOf(text);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) return undefined;
    return kind === 'strand' ? value & reverseStrand : value;
  }

  #contigOf(name: string): KeyValue | undefined {
    const { contigs } = this.#order;
    return contigs === undefined ? name : contigs.get(name);
  }

  #unfit({ column, kind }: Key, text: string): string {
    const found = `found ${JSON.stringify(text.slice(0, 40))} in column ${column}`;
    if (kind !== 'contig') return `${found}, expected a number`;
    return `${found}, expected a sequence that the header or the parameter contigs names, for it tells their order`;
  }

  async #fail(text: string): Promise<never> {
    const { path } = this.part;
    const offset = this.#window.offset + this.from;
    await using source = await openDecoded(path, { signal: this.#signal });
    throw new FormatError('MALFORMED', text, { path, offset, line: await source.lineAt(offset) });
  }
}
