import { malformed } from '../malformed.ts';
import { isBlank, type Line } from './line.ts';
import type { LineGrammar, RecordSink } from './line-scanner.ts';

/** How the lines of a format are told apart in which every record is a line. */
export interface LineRecordRules {
  /**
   * The characters with which a line may begin that is no record, or a wrong one: lines that begin otherwise are records
   * that nobody looks at further, which makes a scan half as long. White space need not be named.
   */
  readonly marks: string;
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
  readonly #isMarked: Uint8Array;
  #begun = false;

  constructor(rules: LineRecordRules) {
    this.hasHeader = rules.isHeader !== undefined;
    this.#rules = rules;
    this.#isMarked = new Uint8Array(256);
    for (const byte of Buffer.from(`${rules.marks} \t\r\n`, 'latin1')) this.#isMarked[byte] = 1;
  }

  line(line: Line, sink: RecordSink): void {
    if (!this.#begun) this.#early(line, sink);
    else if (line.length === 0) return;
    else if (this.#isMarked[line.bytes[line.from] ?? 0] === 1) this.#look(line, sink);
    else sink.begin(line.offset);
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
    sink.takeAsRecords(this.#isMarked.map((mark) => 1 - mark));
  }

  #look(line: Line, sink: RecordSink): void {
    const { check, continues } = this.#rules;
    const wrong = check?.(line);
    if (wrong !== undefined) throw malformed(wrong, line.offset);
    if (continues?.(line) || isBlank(line)) return;
    sink.begin(line.offset);
  }
}
