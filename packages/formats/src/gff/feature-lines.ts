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

/** `##gff-version`, `#!genome-build`: about the whole file. */
const directives = ['##', '#!'].map((mark) => Buffer.from(mark));

/**
 * Tells the lines of GFF3 and GTF apart. The header ends with the last directive before the first feature: comments behind
 * it are about that feature (AUGUSTUS writes `# start gene g1`), and belong to it. Comments further down belong to the
 * feature before, as does the `###` that ends it.
 */
export class FeatureLines implements LineGrammar {
  readonly hasHeader = true;
  readonly keptBytes = maximumLine;
  readonly #rules: FeatureRules;
  /** How many lines of features there were. */
  #number = 0;
  /** Where the comments begin that precede the first feature and belong to it. */
  #comments: number | undefined;
  /** Tells of the first record that it begins with its comments. */
  #withComments: RecordSink | undefined;

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
    this.#rules.end(this.#number, this.#withComments ?? sink);
  }

  #comment(line: Line, sink: RecordSink): void {
    if (startsWith(line, fastaDirective)) throw fastaAt(line);
    if (this.#number === 0) this.#early(line);
    this.#rules.comment?.(line, this.#number, this.#withComments ?? sink);
  }

  #early(line: Line): void {
    if (directives.some((mark) => startsWith(line, mark))) this.#comments = undefined;
    else this.#comments ??= line.offset;
  }

  #feature(line: Line, sink: RecordSink): void {
    const attributes = attributesOf(line);
    if (attributes === -1 || line.to - line.from < line.length) throw notAFeature(line);
    this.#number += 1;
    const comments = this.#comments;
    if (this.#number === 1 && comments !== undefined) {
      this.#withComments = beginningEarlier(sink, line.offset, comments);
    }
    this.#rules.feature(line, attributes, this.#number, this.#withComments ?? sink);
  }
}

const beginningEarlier = (sink: RecordSink, offset: number, earlier: number): RecordSink => ({
  begin: (told) => sink.begin(told === offset ? earlier : told),
  endBody: (told) => sink.endBody(told),
  passTo: (text) => sink.passTo(text),
  takeAsRecords: (isRecord) => sink.takeAsRecords(isRecord),
});

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
