import { MesosError } from '../mesos-error.ts';

/**
 * 256 MiB. An operator's first event holds the whole state of the cluster, which for thousands of agents is
 * tens of megabytes; beyond this it is rather a broken stream than a record.
 */
export const defaultMaximumRecordBytes = 256 * 1024 * 1024;

/** `2^53` has 16 digits: a longer header is no length. */
const maximumHeaderDigits = 16;
/** Up to here it is quicker to copy bytes one by one. */
const fewBytes = 16;
const newline = 0x0a;
const zero = 0x30;

/** Takes the payload of one record. It is a view: copy what is to outlive the call. */
export type RecordListener = (record: Uint8Array) => void;

/**
 * Cuts a RecordIO stream (`<decimal length>\n<bytes>`, one after the other) into records, however the stream
 * arrives in chunks. Each byte is looked at once and copied at most once.
 */
export class RecordDecoder {
  readonly #onRecord: RecordListener;
  readonly #maximumBytes: number;
  #digits = 0;
  #length = 0;
  /** The record under way when it is spread over chunks, else undefined. */
  #record: Uint8Array | undefined;
  #filled = 0;

  constructor(onRecord: RecordListener, maximumRecordBytes: number = defaultMaximumRecordBytes) {
    this.#onRecord = onRecord;
    this.#maximumBytes = maximumRecordBytes;
  }

  /** Takes the next bytes. Throws MALFORMED_RECORD or RECORD_TOO_LARGE; the stream is of no use after that. */
  push(chunk: Uint8Array): void {
    let position = 0;
    while (position < chunk.length)
      position = this.#record ? this.#continueRecord(chunk, position) : this.#readHeader(chunk, position);
  }

  /** To be called when the stream has ended. Throws MALFORMED_RECORD if it ended inside a record. */
  end(): void {
    if (this.#record || this.#digits > 0)
      throw new MesosError('MALFORMED_RECORD', 'the stream ended inside a record');
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    for (let position = start; position < chunk.length; position++) {
      const byte = chunk[position] ?? newline;
      if (byte === newline) return this.#startRecord(chunk, position + 1);
      this.#addDigit(byte - zero);
    }
    return chunk.length;
  }

  #addDigit(digit: number): void {
    if (digit < 0 || digit > 9 || this.#digits === maximumHeaderDigits) {
      const found = digit < 0 || digit > 9 ? `byte ${digit + zero}` : 'too many digits';
      throw new MesosError('MALFORMED_RECORD', `expected the length of a record, found ${found}`);
    }
    this.#digits++;
    this.#length = this.#length * 10 + digit;
  }

  #startRecord(chunk: Uint8Array, position: number): number {
    if (this.#digits === 0) throw new MesosError('MALFORMED_RECORD', 'the length of a record is empty');
    const length = this.#length;
    if (length > this.#maximumBytes)
      throw new MesosError(
        'RECORD_TOO_LARGE',
        `a record of ${length} bytes, expected at most ${this.#maximumBytes}: raise the limit (maximumRecordBytes)`,
      );
    this.#digits = 0;
    this.#length = 0;
    const end = position + length;
    if (end <= chunk.length) {
      this.#onRecord(chunk.subarray(position, end));
      return end;
    }
    // Not filled with zeros: what a header promises takes memory only as it arrives.
    this.#record = Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
    return this.#continueRecord(chunk, position);
  }

  #continueRecord(chunk: Uint8Array, position: number): number {
    const record = this.#record ?? chunk;
    const taken = Math.min(record.length - this.#filled, chunk.length - position);
    if (taken <= fewBytes)
      for (let at = 0; at < taken; at++) record[this.#filled + at] = chunk[position + at] ?? 0;
    else record.set(chunk.subarray(position, position + taken), this.#filled);
    this.#filled += taken;
    if (this.#filled === record.length) {
      this.#record = undefined;
      this.#onRecord(record);
    }
    return position + taken;
  }
}
