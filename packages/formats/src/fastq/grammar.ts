import { isBlankByte, newline } from '../bytes.ts';
import { firstByte, isBlank, isWhole, type Line, quoteLine, textOf } from '../lines/line.ts';
import { nearbyLineEnd, viewOf } from '../lines/line-ends.ts';
import type { LineGrammar, RecordSink } from '../lines/line-scanner.ts';
import { malformed } from '../malformed.ts';

const at = 0x40;
const plus = 0x2b;
const greaterThan = 0x3e;
const dot = 0x2e;

/**
 * Reads FASTQ by its lengths, as Cock et al. 2010 (doi:10.1093/nar/gkp1137) demand of readers of wrapped records: a line
 * of quality may begin with "@" or "+", so only as many characters as the sequence has tell where the quality ends.
 * White space at the end of lines does not count. Qualities may be numbers, on one line; and of colours, the first letter,
 * which is of the primer, may lack one.
 */
export class FastqGrammar implements LineGrammar {
  readonly hasHeader = false;
  #state: 'title' | 'sequence' | 'quality' = 'title';
  #start = 0;
  #sequence = 0;
  #quality = 0;
  #isOfColours = false;

  line(line: Line, sink: RecordSink): void {
    if (this.#state === 'sequence') this.#readSequence(line);
    else if (this.#state === 'quality') this.#readQuality(line);
    else this.#readTitle(line, sink);
  }

  /**
   * Nearly all records are four lines of which the third is "+" alone; finding three ends of lines and comparing two
   * lengths is all that they need.
   */
  skim(bytes: Buffer, from: number, offset: number, sink: RecordSink): number {
    if (this.#state !== 'title') return from;
    const view = viewOf(bytes);
    let start = from;
    for (;;) {
      const end = endOfPlain(bytes, view, start);
      if (end === -1) return start;
      sink.begin(offset + start);
      start = end;
    }
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
      if (this.#sequence === 0) this.#isOfColours = hasColours(line);
      this.#sequence += line.trimmed;
    }
  }

  #readQuality(line: Line): void {
    const isFirst = this.#quality === 0;
    this.#quality += line.trimmed;
    const missing = this.#sequence - this.#quality;
    if (
      missing === 0 ||
      (missing === 1 && this.#isOfColours) ||
      (isFirst && areNumbers(line, this.#sequence))
    ) {
      this.#state = 'title';
    } else if (missing < 0) {
      const text =
        `found ${this.#quality} characters of quality up to this line, expected ${this.#sequence}, as many as the ` +
        'record has of sequence; the file is damaged here: make or fetch it again, or remove the record';
      throw malformed(text, line.offset);
    }
  }
}

/** The index after a plain record that begins at `start`; -1 if there is none, or not all of it. */
const endOfPlain = (bytes: Buffer, view: DataView, start: number): number => {
  if (bytes[start] !== at) return -1;
  const sequence = nearbyLineEnd(bytes, view, start) + 1;
  const first = bytes[sequence];
  if (sequence === 0 || first === at || first === plus) return -1;
  const end = bytes.indexOf(newline, sequence);
  const length = end - sequence;
  if (length < 1 || bytes[end + 1] !== plus || bytes[end + 2] !== newline) return -1;
  const quality = end + 3;
  const last = bytes.indexOf(newline, quality);
  if (last - quality !== length || isBlankByte(bytes[end - 1]) || isBlankByte(bytes[last - 1])) return -1;
  return last + 1;
};

/** Colours follow the letter of the primer: "0" to "3", or "." where one is not known, as of bases, too. */
const hasColours = ({ bytes, from, to }: Line): boolean => {
  let index = from + 1;
  while (index < to && bytes[index] === dot) index += 1;
  const byte = index < to ? (bytes[index] ?? 0) : 0;
  return byte >= 0x30 && byte <= 0x33;
};

/** Whether the line has so many numbers, as programs before 2008 wrote qualities. */
const areNumbers = (line: Line, count: number): boolean => {
  const first = firstByte(line);
  const mayBe = first === 0x2d || (first >= 0x30 && first <= 0x39);
  if (!mayBe || line.trimmed <= count || !isWhole(line)) return false;
  const numbers = textOf(line)
    .trim()
    .split(/[ \t]+/);
  return numbers.length === count && numbers.every((number) => /^-?\d+$/.test(number));
};
