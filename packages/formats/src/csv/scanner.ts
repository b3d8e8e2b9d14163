import { asBuffer, carriageReturn, newline, nextIndex } from '../bytes.ts';
import { HeaderKeeper } from '../header-keeper.ts';
import { LineEnds } from '../lines/line-ends.ts';
import { TextGuard } from '../lines/text-guard.ts';
import { malformed } from '../malformed.ts';
import { type Frame, noFrame, type RecordScanner, type ScanEnd } from '../record-format.ts';
import { quoteBytes } from '../signatures.ts';

const quote = 0x22;
const byteOrderMarkLength = 3;

/** A carriage return that no line feed follows. */
const loneReturn = /\r(?!\n)/;

/**
 * Finds records as RFC 4180 has them: a line end within quotes is part of a field. The first record names the columns
 * and is the header. Lines with nothing on them belong to the record before.
 */
export class CsvScanner implements RecordScanner {
  frame: Frame = noFrame;
  readonly #delimiter: number;
  readonly #guard: TextGuard;
  readonly #ends = new LineEnds();
  #header: HeaderKeeper | undefined = new HeaderKeeper();
  #offset = 0;
  #lastByte = newline;
  #state: 'line start' | 'plain' | 'quoted' | 'after quote' = 'line start';
  #sawColumns = false;
  /** Where the last quoted field begins. */
  #opened = 0;
  #starts: number[] = [];

  /** `name` is what messages call the format, `delimiter` the byte that stands between fields. */
  constructor(name: string, delimiter: number) {
    this.#guard = new TextGuard(name);
    this.#delimiter = delimiter;
  }

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk);
    this.#guard.push(bytes);
    this.#header?.push(bytes);
    this.#scan(bytes);
    this.#offset += bytes.length;
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }

  end(): ScanEnd {
    if (this.#state === 'quoted') {
      const text =
        'found a quote that nothing closes up to the end of the file; if quotes are ordinary characters here, ' +
        'use the format text, or tabular';
      throw malformed(text, this.#opened);
    }
    if (this.#header !== undefined) this.#endWithoutRecords();
    return { starts: [], bodyEnd: this.#offset };
  }

  #endWithoutRecords(): void {
    this.#closeHeader(this.#offset);
    const header = Buffer.from(this.frame.header).toString('latin1');
    const unquoted = header.replace(/"[^"]*"/g, (field) => ' '.repeat(field.length));
    const at = loneReturn.exec(unquoted)?.index;
    if (at === undefined) return;
    const text =
      'found a carriage return without a line feed, as on old Macs; convert the line ends first with';
    throw malformed(`${text} \`tr '\\r' '\\n' < FILE\``, at);
  }

  #scan(bytes: Buffer): void {
    let position = 0;
    // Where the next of these is: looked for again only when it was passed, so once in a chunk where there are none.
    let nextQuote = -1;
    let nextEnd = -1;
    this.#ends.begin(bytes);
    while (position < bytes.length) {
      if (this.#state === 'line start') position = this.#beginLine(bytes, position);
      else if (this.#state === 'quoted') position = this.#passQuoted(bytes, position);
      else if (this.#state === 'after quote') position = this.#leaveQuoted(bytes, position);
      else {
        if (nextQuote < position) nextQuote = nextIndex(bytes, quote, position);
        if (nextEnd < position) nextEnd = this.#nextEnd(bytes, position);
        position = this.#passPlain(bytes, nextEnd, nextQuote);
      }
    }
  }

  #nextEnd(bytes: Buffer, position: number): number {
    const end = this.#ends.next(position);
    return end === -1 ? bytes.length : end;
  }

  /** Passes over empty lines. A carriage return here can only be part of one. */
  #beginLine(bytes: Buffer, from: number): number {
    let position = from;
    while (bytes[position] === newline || bytes[position] === carriageReturn) position += 1;
    if (position < bytes.length) {
      this.#state = 'plain';
      this.#beginRecord(this.#offset + position);
    }
    return position;
  }

  #beginRecord(offset: number): void {
    if (!this.#sawColumns) {
      this.#sawColumns = true;
      return;
    }
    if (this.#header !== undefined) this.#closeHeader(offset);
    this.#starts.push(offset);
  }

  #closeHeader(end: number): void {
    const header = this.#header?.take(end);
    this.#header = undefined;
    if (header !== undefined && end > 0) this.frame = { header, footer: noFrame.footer };
  }

  #passPlain(bytes: Buffer, lineEnd: number, nextQuote: number): number {
    if (lineEnd <= nextQuote) {
      // Both are the length of the chunk if neither comes.
      if (lineEnd < bytes.length) this.#state = 'line start';
      return lineEnd + 1;
    }
    this.#refuseQuoteInField(bytes, nextQuote);
    this.#state = 'quoted';
    this.#opened = this.#offset + nextQuote;
    return nextQuote + 1;
  }

  #refuseQuoteInField(bytes: Buffer, at: number): void {
    const before = at === 0 ? this.#lastByte : bytes[at - 1];
    const offset = this.#offset + at;
    if (before === newline || before === this.#delimiter || before === carriageReturn) return;
    // A byte order mark is no part of the first field.
    if (offset === byteOrderMarkLength && before === 0xbf) return;
    const text =
      `found a quote within a field, expected one only at its beginning, after ${quoteBytes([this.#delimiter])} ` +
      'or at the start of a line; quote the whole field, or use the format text, or tabular, in which quotes mean ' +
      'nothing';
    throw malformed(text, offset);
  }

  #passQuoted(bytes: Buffer, position: number): number {
    const end = nextIndex(bytes, quote, position);
    if (end < bytes.length) this.#state = 'after quote';
    return end + 1;
  }

  #leaveQuoted(bytes: Buffer, position: number): number {
    const byte = bytes[position];
    if (byte === quote) {
      this.#state = 'quoted';
      return position + 1;
    }
    if (byte !== newline && byte !== carriageReturn && byte !== this.#delimiter) {
      const found = quoteBytes(bytes.subarray(position, position + 1));
      const text = `found ${found} after a quoted field, expected ${quoteBytes([this.#delimiter])} or the end of the line`;
      throw malformed(`${text}; write a quote within a quoted field twice`, this.#offset + position);
    }
    this.#state = 'plain';
    return position;
  }
}
