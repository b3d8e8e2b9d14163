import { MesosError } from '../mesos-error.ts';

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Stands in the length for a buffer, string or list that is null. */
const nullLength = -1;
const noBytes = new Uint8Array();

function malformed(message: string, cause?: unknown): MesosError {
  return new MesosError('MALFORMED_MESSAGE', `ZooKeeper sent ${message}`, { cause });
}

/**
 * Writes Jute, ZooKeeper's record format: integers big-endian; bytes, strings and lists behind a length of four
 * bytes. Methods return the writer itself.
 */
export class JuteWriter {
  readonly #parts: Uint8Array[] = [];

  int(value: number): this {
    const part = new Uint8Array(4);
    new DataView(part.buffer).setInt32(0, value);
    this.#parts.push(part);
    return this;
  }

  long(value: bigint): this {
    const part = new Uint8Array(8);
    new DataView(part.buffer).setBigInt64(0, value);
    this.#parts.push(part);
    return this;
  }

  boolean(value: boolean): this {
    this.#parts.push(Uint8Array.of(value ? 1 : 0));
    return this;
  }

  bytes(value: Uint8Array): this {
    this.int(value.length);
    this.#parts.push(value);
    return this;
  }

  string(value: string): this {
    return this.bytes(utf8.encode(value));
  }

  /** All that was written, joined. */
  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}

/** Reads Jute. Every method throws MALFORMED_MESSAGE where the bytes are not what is asked for. */
export class JuteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are still unread. */
  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  int(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  long(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  boolean(): boolean {
    const value = this.#view.getUint8(this.#advance(1));
    if (value > 1) throw malformed(`the byte ${value} where a boolean was expected`);
    return value === 1;
  }

  /** A copy; null reads as empty. */
  bytes(): Uint8Array {
    const length = this.#length();
    if (length === 0) return noBytes;
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  string(): string {
    try {
      return strictUtf8.decode(this.bytes());
    } catch (cause) {
      if (cause instanceof MesosError) throw cause;
      throw malformed('a text that is not UTF-8', cause);
    }
  }

  strings(): readonly string[] {
    const count = this.#length();
    // Each has a length of its own: a count beyond that is refused before anything is allocated for it.
    if (count * 4 > this.remaining) throw malformed(`a list of ${count} in ${this.remaining} bytes`);
    return Array.from({ length: count }, () => this.string());
  }

  /** Throws where bytes are left over. */
  end(): void {
    if (this.remaining > 0) throw malformed(`${this.remaining} bytes more than were expected`);
  }

  #length(): number {
    const length = this.int();
    if (length < nullLength) throw malformed(`the length ${length}`);
    return Math.max(length, 0);
  }

  /** Where the next `count` bytes start. */
  #advance(count: number): number {
    if (count > this.remaining) throw malformed(`${this.remaining} bytes where ${count} were expected`);
    const start = this.#position;
    this.#position += count;
    return start;
  }
}
