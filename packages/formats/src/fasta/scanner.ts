import { FormatError } from '../format-error.ts';
import { noFrame, type RecordScanner, type ScanEnd } from '../record-format.ts';
import { Preamble } from './preamble.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const greaterThan = 0x3e;
const oldMacRecordStart = Buffer.from('\r>');

const asBuffer = (chunk: Uint8Array): Buffer => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** Finds the beginnings of FASTA records in chunks of any size; keeps nothing of a chunk but its last byte. */
export class FastaScanner implements RecordScanner {
  readonly frame = noFrame;
  /** Bytes pushed before the present chunk. */
  #offset = 0;
  #lastByte = newline;
  #preamble: Preamble | undefined = new Preamble();

  /** The offsets of the records that begin in `chunk`. Throws a `FormatError` without a path. */
  push(chunk: Uint8Array): number[] {
    const bytes = asBuffer(chunk);
    const from = this.#preamble === undefined ? 0 : this.#preamble.push(bytes);
    const starts: number[] = [];
    if (from !== undefined) {
      this.#preamble = undefined;
      this.#refuseForeignText(bytes, from);
      this.#collectStarts(bytes, from, starts);
    }
    this.#offset += bytes.length;
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    return starts;
  }

  /** Says that no more chunks come. Throws a `FormatError` without a path. */
  end(): ScanEnd {
    this.#preamble?.end();
    return { starts: [], bodyEnd: this.#offset };
  }

  #collectStarts(bytes: Buffer, from: number, starts: number[]): void {
    let position = bytes.indexOf(greaterThan, from);
    while (position !== -1) {
      const before = position === 0 ? this.#lastByte : bytes[position - 1];
      let next = position + 1;
      if (before === newline) {
        starts.push(this.#offset + position);
      } else {
        // No record begins on the rest of this line. Passing over it bounds the work for lines full of ">".
        const lineEnd = bytes.indexOf(newline, next);
        if (lineEnd === -1) return;
        next = lineEnd + 1;
      }
      position = bytes.indexOf(greaterThan, next);
    }
  }

  #refuseForeignText(bytes: Buffer, from: number): void {
    const nul = bytes.indexOf(0, from);
    if (nul !== -1) {
      const text =
        'found a NUL byte, so this is not a text file; expected FASTA. Was it compressed or damaged?';
      throw new FormatError('MALFORMED', text, { offset: this.#offset + nul });
    }
    const atEdge = from === 0 && this.#lastByte === carriageReturn && bytes[0] === greaterThan;
    const pair = bytes.indexOf(oldMacRecordStart, from);
    if (!atEdge && pair === -1) return;
    const oldMac = atEdge ? 0 : pair + 1;
    const text =
      'found ">" after a carriage return without a line feed, as on old Macs, where one program sees a new ' +
      "record and another does not; convert the line ends first with `tr '\\r' '\\n' < FILE`";
    throw new FormatError('MALFORMED', text, { offset: this.#offset + oldMac });
  }
}
