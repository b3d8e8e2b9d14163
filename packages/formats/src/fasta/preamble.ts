import { FormatError } from '../format-error.ts';
import { quoteBytes, recogniseSignature } from '../signatures.ts';

const newline = 0x0a;
const greaterThan = 0x3e;
const at = 0x40;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, newline]);

/** As much of a wrong line as a message shows. */
const shownBytes = 30;

const expected = 'expected a FASTA record, which begins with ">" at the start of a line';

const complaint = (found: Uint8Array): string => {
  const signature = recogniseSignature(found);
  if (signature !== undefined) return signature;
  if (found[0] === greaterThan) return `found white space before ">"; ${expected}`;
  const lineEnd = found.indexOf(newline);
  const shown = quoteBytes(lineEnd === -1 ? found : found.subarray(0, lineEnd)).replace(/\\x0d"$/, '"');
  if (found.includes(0)) return `found ${shown}, which is not text; ${expected}`;
  const hint = found[0] === at ? '. It looks like FASTQ: convert it to FASTA first' : '';
  return `found ${shown}; ${expected}${hint}`;
};

/** What precedes the first record: blank lines are fine, anything else is refused. */
export class Preamble {
  #offset = 0;
  #line = 1;
  #atLineStart = true;
  /** The beginning of what should not be here, kept until there is enough of it to say what it is. */
  #wrong = Buffer.alloc(0);

  /** The index in `chunk` at which the first record begins, or `undefined` if that is still to come. */
  push(chunk: Uint8Array): number | undefined {
    const index = this.#wrong.length === 0 ? this.#skipBlanks(chunk) : 0;
    if (index === chunk.length) return undefined;
    if (this.#wrong.length === 0 && this.#atLineStart && chunk[index] === greaterThan) return index;
    this.#wrong = Buffer.concat([
      this.#wrong,
      chunk.subarray(index, index + shownBytes - this.#wrong.length),
    ]);
    if (this.#wrong.length === shownBytes || this.#wrong.includes(newline)) this.end();
    return undefined;
  }

  /** Throws a `FormatError` if what was pushed holds more than blank lines. */
  end(): void {
    if (this.#wrong.length === 0) return;
    throw new FormatError('MALFORMED', complaint(this.#wrong), { line: this.#line, offset: this.#offset });
  }

  #skipBlanks(chunk: Uint8Array): number {
    let index = 0;
    for (; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === undefined || !blanks.has(byte)) break;
      this.#atLineStart = byte === newline;
      if (this.#atLineStart) this.#line += 1;
    }
    this.#offset += index;
    return index;
  }
}
