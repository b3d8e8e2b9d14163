import { malformed } from '../malformed.ts';
import { isBlank, type Line } from './line.ts';
import type { LineGrammar, RecordSink } from './line-scanner.ts';

/** How the lines of a format are told apart in which every record is a line. */
export interface LineRecordRules {
  /** Whether a line before the first record belongs to the header. */
  readonly isHeader?: (line: Line) => boolean;
  /** What is wrong with the first line that is not of the header, or `undefined`. */
  readonly checkFirst?: (line: Line) => string | undefined;
  /** What is wrong with a later line, or `undefined`. */
  readonly check?: (line: Line) => string | undefined;
  /** Whether a line after the first record belongs to the record before it, such as a comment. */
  readonly continues?: (line: Line) => boolean;
  /** What is missing if the file ends without a record, or `undefined`. */
  readonly checkNone?: () => string | undefined;
}

/** Each line is a record, except those of the header and those that the rules give to the record before. */
export class LineRecords implements LineGrammar {
  readonly hasHeader: boolean;
  readonly #rules: LineRecordRules;
  #begun = false;

  constructor(rules: LineRecordRules) {
    this.hasHeader = rules.isHeader !== undefined;
    this.#rules = rules;
  }

  line(line: Line, sink: RecordSink): void {
    if (this.#begun) this.#later(line, sink);
    else this.#early(line, sink);
  }

  end(_sink: RecordSink, size: number): void {
    const missing = this.#begun ? undefined : this.#rules.checkNone?.();
    if (missing !== undefined) throw malformed(missing, size);
  }

  #early(line: Line, sink: RecordSink): void {
    if (isBlank(line) || this.#rules.isHeader?.(line)) return;
    const wrong = this.#rules.checkFirst?.(line);
    if (wrong !== undefined) throw malformed(wrong, line.offset);
    this.#begun = true;
    sink.begin(line.offset);
  }

  #later(line: Line, sink: RecordSink): void {
    const { check, continues } = this.#rules;
    const wrong = check?.(line);
    if (wrong !== undefined) throw malformed(wrong, line.offset);
    if (line.length === 0 || continues?.(line) || isBlank(line)) return;
    sink.begin(line.offset);
  }
}
