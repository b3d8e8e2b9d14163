import { malformed } from '../malformed.ts';
import { isBlank, type Line, quoteLine, startsWith } from './line.ts';
import type { LineGrammar, RecordSink } from './line-scanner.ts';

/** How records are told apart in a format in which a line of its own ends each. */
export interface TerminatedRules {
  /** The line that ends a record. */
  readonly terminator: string;
  /** How the first line of every record begins; any line may be the first, even a blank one, if there is no such text. */
  readonly opening?: string;
  /** Whether a line before the first record, which has no such beginning, is the first of a preface. */
  readonly isPreface?: (line: Line) => boolean;
}

/** Every record ends with a line of its own. Blank lines after the last one belong to it. */
export class TerminatedRecords implements LineGrammar {
  readonly hasHeader = false;
  readonly #rules: TerminatedRules;
  readonly #terminator: Buffer;
  readonly #opening: Buffer | undefined;
  #state: 'start' | 'preface' | 'between' | 'within' = 'start';
  /** Where the present or the last record begins. */
  #start = 0;
  /** Where blank lines begin that may be the first of a record. */
  #blank = -1;

  constructor(rules: TerminatedRules) {
    this.#rules = rules;
    this.#terminator = Buffer.from(rules.terminator);
    this.#opening = rules.opening === undefined ? undefined : Buffer.from(rules.opening);
  }

  line(line: Line, sink: RecordSink): void {
    if (this.#state === 'within') this.#within(line, sink);
    else this.#between(line, sink);
  }

  end(_sink: RecordSink, size: number): void {
    const { terminator, opening } = this.#rules;
    if (this.#state === 'preface') {
      throw malformed(
        `found no record up to the end of the file; expected a line that begins with "${opening}"`,
        size,
      );
    }
    if (this.#state !== 'within') return;
    const text =
      `the file ends within this record, which no line "${terminator}" ends; was the file cut short? Make or fetch it ` +
      `again, or add the line "${terminator}" if the record is complete`;
    throw malformed(text, this.#start);
  }

  #within(line: Line, sink: RecordSink): void {
    if (this.#isTerminator(line)) {
      this.#terminate();
    } else if (this.#opening === undefined) {
      sink.passTo(this.#terminator);
    } else if (startsWith(line, this.#opening)) {
      const text = `found ${quoteLine(line)} before a line "${this.#rules.terminator}" ended the record before`;
      throw malformed(`${text}; put that line between the two records`, line.offset);
    }
  }

  #between(line: Line, sink: RecordSink): void {
    if (isBlank(line)) {
      if (this.#opening === undefined && this.#blank === -1) this.#blank = line.offset;
      return;
    }
    if (this.#opening !== undefined && !startsWith(line, this.#opening)) {
      this.#refuseOrPass(line, this.#rules.opening ?? '');
      return;
    }
    this.#start = this.#blank === -1 ? line.offset : this.#blank;
    sink.begin(this.#start);
    this.#state = 'within';
    // Where any line may be the first, it may also be the last.
    if (this.#opening === undefined) this.#within(line, sink);
  }

  #refuseOrPass(line: Line, opening: string): void {
    const isPreface = this.#state === 'start' && this.#rules.isPreface?.(line);
    if (!isPreface && this.#state !== 'preface') {
      throw malformed(
        `found ${quoteLine(line)}; expected a record, which begins with "${opening}"`,
        line.offset,
      );
    }
    this.#state = 'preface';
  }

  #terminate(): void {
    this.#state = 'between';
    this.#blank = -1;
  }

  #isTerminator(line: Line): boolean {
    return line.trimmed === this.#terminator.length && startsWith(line, this.#terminator);
  }
}
