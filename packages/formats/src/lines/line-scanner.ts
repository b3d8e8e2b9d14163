import { asBuffer } from '../bytes.ts';
import { HeaderKeeper } from '../header-keeper.ts';
import { type Frame, noFrame, type RecordScanner, type ScanEnd } from '../record-format.ts';
import type { Line } from './line.ts';
import { LineReader, type Skim } from './line-reader.ts';
import { TextGuard } from './text-guard.ts';

/** What a grammar tells of the lines that it is shown. */
export interface RecordSink {
  /** A record begins at this offset, which is above all that were told before. */
  begin(offset: number): void;
  /** The last record ends at this offset; what follows is of the whole file. */
  endBody(offset: number): void;
  /** Until a line begins with this text, none needs to be shown. */
  passTo(text: Buffer): void;
  /** From now on, lines whose first byte has a 1 in this table are records, and need not be shown. */
  takeAsRecords(isRecord: Uint8Array): void;
}

/** Knows, line by line, where the records of one file begin. */
export interface LineGrammar {
  /** Whether what precedes the first record is a header, and not part of that record. */
  readonly hasHeader: boolean;
  /** What stands after the records of a part, as soon as the first is known; nothing, if it does not say. */
  readonly footer?: Buffer | undefined;
  /** How much of a line that comes in several chunks it wants to see; 4096 bytes, if it does not say. */
  readonly keptBytes?: number;
  /** Throws a `FormatError` without a path if the line should not be here. */
  line(line: Line, sink: RecordSink): void;
  /**
   * Passes over whole records that lie in one chunk, from this index on, faster than line by line could; tells where
   * each begins, and answers where it stopped: before all that is not plain, of which it says nothing. `offset` is that
   * of the chunk in the file.
   */
  skim?(bytes: Buffer, from: number, offset: number, sink: RecordSink): number;
  /** All lines were shown; throws a `FormatError` if something is missing. */
  end?(sink: RecordSink, size: number): void;
}

/** Finds records in a format that is read by lines. */
export class LineScanner implements RecordScanner, RecordSink {
  frame: Frame = noFrame;
  readonly #guard: TextGuard;
  readonly #grammar: LineGrammar;
  readonly #reader: LineReader;
  #header: HeaderKeeper | undefined;
  #starts: number[] = [];
  #bodyEnd: number | undefined;

  /** `name` is what messages call the format. */
  constructor(name: string, grammar: LineGrammar) {
    this.#guard = new TextGuard(name);
    this.#grammar = grammar;
    const skim: Skim | undefined =
      grammar.skim && ((bytes, from, offset) => grammar.skim?.(bytes, from, offset, this) ?? from);
    this.#reader = new LineReader((line) => grammar.line(line, this), grammar.keptBytes, skim);
    this.#header = grammar.hasHeader ? new HeaderKeeper() : undefined;
  }

  begin(offset: number): void {
    if (this.#header !== undefined) this.#closeHeader(this.#header, offset);
    this.#starts.push(offset);
  }

  endBody(offset: number): void {
    this.#bodyEnd = offset;
  }

  passTo(text: Buffer): void {
    this.#reader.passTo(text);
  }

  takeAsRecords(isRecord: Uint8Array): void {
    this.#reader.onlyTell(isRecord, (offset) => this.#starts.push(offset));
  }

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk);
    this.#guard.push(bytes);
    this.#header?.push(bytes);
    this.#reader.push(bytes);
    return this.#takeStarts();
  }

  end(): ScanEnd {
    const size = this.#reader.end();
    this.#grammar.end?.(this, size);
    if (this.#header !== undefined) this.#closeHeader(this.#header, size);
    return { starts: this.#takeStarts(), bodyEnd: this.#bodyEnd ?? size };
  }

  #closeHeader(keeper: HeaderKeeper, end: number): void {
    const { footer = noFrame.footer } = this.#grammar;
    this.#header = undefined;
    this.frame = { header: keeper.take(end), footer };
  }

  #takeStarts(): number[] {
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }
}
