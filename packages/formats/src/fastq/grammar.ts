import { firstByte, isBlank, type Line, quoteLine } from '../lines/line.ts';
import type { LineGrammar, RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';

const at = 0x40;
const plus = 0x2b;
const greaterThan = 0x3e;

/**
 * Reads FASTQ by its lengths, as Cock et al. 2010 (doi:10.1093/nar/gkp1137) demand of readers of wrapped records: a line
 * of quality may begin with "@" or "+", so only as many characters as the sequence has tell where the quality ends.
 */
export class FastqGrammar implements LineGrammar {
  readonly hasHeader = false;
  #state: 'title' | 'sequence' | 'quality' = 'title';
  #start = 0;
  #sequence = 0;
  #quality = 0;

  line(line: Line, sink: RecordSink): void {
    if (this.#state === 'sequence') this.#readSequence(line);
    else if (this.#state === 'quality') this.#readQuality(line);
    else this.#readTitle(line, sink);
  }

  end(): void {
    if (this.#state === 'title') return;
    const missing =
      this.#state === 'sequence'
        ? 'has no line that begins with "+"'
        : `has ${this.#quality} characters of quality for ${this.#sequence} of sequence`;
    const text =
      `the file ends within this record, which ${missing}; was the file cut short? ` +
      'Make or fetch it again, or remove this record';
    throw malformed(text, this.#start);
  }

  #readTitle(line: Line, sink: RecordSink): void {
    if (firstByte(line) === at) {
      this.#state = 'sequence';
      this.#start = line.offset;
      this.#sequence = 0;
      this.#quality = 0;
      sink.begin(line.offset);
      return;
    }
    if (isBlank(line)) return;
    const hint = firstByte(line) === greaterThan ? '. It looks like FASTA: choose the format fasta' : '';
    const text = `found ${quoteLine(line)}; expected a FASTQ record, which begins with "@" at the start of a line`;
    throw malformed(`${text}${hint}`, line.offset);
  }

  #readSequence(line: Line): void {
    const first = firstByte(line);
    if (first === plus) {
      // An empty read has an empty line of quality, which passes as a blank line before the next title.
      this.#state = this.#sequence === 0 ? 'title' : 'quality';
    } else if (first === at) {
      const text = `found ${quoteLine(line)} where sequence or "+" was expected: lines are missing from the record before`;
      throw malformed(text, line.offset);
    } else {
      this.#sequence += line.length;
    }
  }

  #readQuality(line: Line): void {
    this.#quality += line.length;
    if (this.#quality < this.#sequence) return;
    if (this.#quality > this.#sequence) {
      const text =
        `found ${this.#quality} characters of quality up to this line, expected ${this.#sequence}, as many as the ` +
        'record has of sequence; the file is damaged here: make or fetch it again, or remove the record';
      throw malformed(text, line.offset);
    }
    this.#state = 'title';
  }
}
