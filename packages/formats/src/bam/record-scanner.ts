import { FormatError } from '../format-error.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';

/** Which records a {@link BamRecordScanner} tells of. */
export interface BamScanOptions {
  /** Tells only of records whose read is not that of the record before: where reads of one name may be parted. */
  readonly group?: boolean;
}

const nothing = Buffer.alloc(0);

/** Follows the chain of records through the decompressed content of a BAM file, in chunks of any size. */
export class BamRecordScanner {
  readonly #referenceCount: number;
  readonly #group: boolean;
  /** What was pushed, and where the next record begins that was not yet told of. */
  #offset = 0;
  #next = 0;
  /** The beginning of a record, less than its fixed part and name. */
  #pending: Buffer = nothing;
  #name: Buffer = nothing;

  constructor(referenceCount: number, options: BamScanOptions = {}) {
    this.#referenceCount = referenceCount;
    this.#group = options.group === true;
  }

  /** Where the next record begins, in bytes from the first that was pushed. */
  get next(): number {
    return this.#next;
  }

  /**
   * The offsets, in bytes from the first that was pushed, at which records begin: those of whom as much as their name
   * has come.
   * @throws FormatError MALFORMED, with the offset in the content, if there is something else
   */
  push(chunk: Buffer): readonly number[] {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const base = this.#offset - this.#pending.length;
    this.#offset += chunk.length;
    const starts: number[] = [];
    let at = this.#next - base;
    while (at + fixedRecordSize <= bytes.length) {
      const head = readRecordHead(bytes, at, this.#referenceCount);
      if (typeof head === 'string') throw notRecord(head, base + at);
      const nameEnd = at + fixedRecordSize + head.nameSize;
      if (nameEnd > bytes.length) break;
      if (!this.#group || this.#isNewName(bytes.subarray(at + fixedRecordSize, nameEnd)))
        starts.push(base + at);
      at += head.size;
    }
    this.#next = base + at;
    // A copy, so that 64 KiB are not kept for some bytes of them.
    this.#pending = at < bytes.length ? Buffer.from(bytes.subarray(at)) : nothing;
    return starts;
  }

  /** Says that no more comes. Throws a `FormatError` if the last record is not complete. */
  end(): void {
    if (this.#next === this.#offset) return;
    const text = 'the records end within one: the file is incomplete or damaged';
    throw new FormatError('MALFORMED', text, { offset: this.#offset });
  }

  #isNewName(name: Buffer): boolean {
    if (name.equals(this.#name)) return false;
    this.#name = Buffer.from(name);
    return true;
  }
}

const notRecord = (found: string, offset: number): FormatError =>
  new FormatError('MALFORMED', `expected a BAM record, found ${found}: the file is damaged`, { offset });
