import { asBuffer } from '../bytes.ts';
import { HeaderKeeper } from '../header-keeper.ts';
import { TextGuard } from '../lines/text-guard.ts';
import { type Frame, noFrame, type RecordScanner, type ScanEnd } from '../record-format.ts';
import { StatementReader } from './statement-reader.ts';

/** What a grammar tells of the statements that it is shown. */
export interface TreeSink {
  /** A tree begins at this offset. */
  begin(offset: number): void;
  /** No tree follows this offset. */
  endBody(offset: number): void;
}

/** Knows, statement by statement, where the trees of one file are. */
export interface TreeGrammar {
  /** What stands after the trees of a part; the header is what precedes the first tree. `undefined`: there is no frame. */
  readonly footer: Buffer | undefined;
  /** How much it wants to see of each statement, in bytes. */
  readonly headLength: number;
  /** What to do about a last statement without its end. */
  readonly whatToDo: string;
  /** As {@link StatementReader} tells of it. Throws a `FormatError` if it should not be here. */
  opens(start: number, head: Buffer, length: number, sink: TreeSink): void;
  /** All statements were shown; throws a `FormatError` if something is missing. */
  end(size: number): void;
}

/** Finds the trees of a file that consists of statements. */
export class TreeScanner implements RecordScanner, TreeSink {
  frame: Frame = noFrame;
  readonly #guard: TextGuard;
  readonly #grammar: TreeGrammar;
  readonly #reader: StatementReader;
  #header: HeaderKeeper | undefined;
  #size = 0;
  #starts: number[] = [];
  #bodyEnd: number | undefined;

  /** `name` is what messages call the format. */
  constructor(name: string, grammar: TreeGrammar) {
    this.#guard = new TextGuard(name);
    this.#grammar = grammar;
    this.#header = grammar.footer === undefined ? undefined : new HeaderKeeper();
    this.#reader = new StatementReader(grammar.headLength, (start, head, length) =>
      grammar.opens(start, head, length, this),
    );
  }

  begin(offset: number): void {
    this.#closeHeader(offset);
    this.#starts.push(offset);
  }

  endBody(offset: number): void {
    this.#closeHeader(offset);
    this.#bodyEnd = offset;
  }

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk);
    this.#guard.push(bytes);
    this.#header?.push(bytes);
    this.#reader.push(bytes);
    this.#size += bytes.length;
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }

  end(): ScanEnd {
    this.#reader.end(this.#grammar.whatToDo);
    this.#grammar.end(this.#size);
    return { starts: [], bodyEnd: this.#bodyEnd ?? this.#size };
  }

  #closeHeader(end: number): void {
    const { footer } = this.#grammar;
    if (this.#header === undefined || footer === undefined) return;
    this.frame = { header: this.#header.take(end), footer };
    this.#header = undefined;
  }
}
