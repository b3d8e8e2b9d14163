import { firstByte, isBlank, type Line, quoteLine, startsWith } from '../lines/line.ts';
import type { LineGrammar, RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';
import { attributesOf } from './attributes.ts';

const hash = 0x23;
const greaterThan = 0x3e;
const fastaDirective = Buffer.from('##FASTA');

/** No line of features comes near; more would have to be kept of lines that come in several chunks. */
const maximumLine = 1024 * 1024;

/** What the lines of features mean in one format. */
export interface FeatureRules {
  /** The feature of this number, from 1, whose attributes begin at this index of the line's bytes. */
  feature(line: Line, attributes: number, number: number, sink: RecordSink): void;
  /** A comment or directive after the feature of this number. */
  comment?(line: Line, number: number, sink: RecordSink): void;
  /** No line follows that of this number. */
  end(number: number, sink: RecordSink): void;
}

/**
 * Tells the lines of GFF3 and GTF apart. Those before the first feature are the header; comments further down belong to
 * the feature before, because at the beginning of a part they would be taken for its header, which a merge takes off.
 */
export class FeatureLines implements LineGrammar {
  readonly hasHeader = true;
  readonly keptBytes = maximumLine;
  readonly #rules: FeatureRules;
  /** How many lines of features there were. */
  #number = 0;

  constructor(rules: FeatureRules) {
    this.#rules = rules;
  }

  line(line: Line, sink: RecordSink): void {
    const first = firstByte(line);
    if (first === hash) this.#comment(line, sink);
    else if (first === greaterThan) throw fastaAt(line);
    else if (!isBlank(line)) this.#feature(line, sink);
  }

  end(sink: RecordSink): void {
    this.#rules.end(this.#number, sink);
  }

  #comment(line: Line, sink: RecordSink): void {
    if (startsWith(line, fastaDirective)) throw fastaAt(line);
    this.#rules.comment?.(line, this.#number, sink);
  }

  #feature(line: Line, sink: RecordSink): void {
    const attributes = attributesOf(line);
    if (attributes === -1 || line.to - line.from < line.length) throw notAFeature(line);
    this.#number += 1;
    this.#rules.feature(line, attributes, this.#number, sink);
  }
}

const notAFeature = (line: Line): Error => {
  const text =
    line.length > maximumLine
      ? `found a line of ${line.length} bytes; expected features on lines of at most ${maximumLine}`
      : `found ${quoteLine(line)}; expected a feature of nine columns between tabs`;
  return malformed(text, line.offset);
};

const fastaAt = (line: Line): Error => {
  const text =
    `found sequences (${quoteLine(line)}) after the features: every part would need all of them; ` +
    "take them off first with `sed '/^##FASTA/,$d'`, and give them to the tool as a file of their own";
  return malformed(text, line.offset);
};
