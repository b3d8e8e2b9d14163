import { FormatError } from '../format-error.ts';

/** An open file that can be read anywhere; what {@link openSource} gives is one. */
export interface RandomAccessFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Reads `length` bytes from `offset` on, or fewer where the file ends; into `memory` where that is given. */
  readAt(offset: number, length: number, memory?: Buffer): Promise<Uint8Array>;
}

/** 1 MiB, as for other sources: large enough that the cost of a call vanishes. */
const largestWindow = 1024 * 1024;

/** Who looks at one place of a file needs a block or two. */
const firstWindow = 128 * 1024;

/** Reads a file, or a range of it, forwards through a window that grows as the reader goes on. */
export class FileCursor {
  readonly file: RandomAccessFile;
  readonly end: number;
  #offset: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart: number;
  #windowSize = firstWindow;

  constructor(file: RandomAccessFile, from = 0, end = file.size) {
    this.file = file;
    this.end = Math.min(end, file.size);
    this.#offset = from;
    this.#windowStart = from;
  }

  /** Where the next byte comes from, in bytes from the beginning of the file. */
  get offset(): number {
    return this.#offset;
  }

  set offset(offset: number) {
    this.#offset = offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.end;
  }

  /** The bytes from the offset on: at least `length` of them, or all that are left. */
  async peek(length: number): Promise<Uint8Array> {
    const at = this.#offset - this.#windowStart;
    const wanted = Math.min(length, this.end - this.#offset);
    if (at >= 0 && at + wanted <= this.#window.length) return this.#window.subarray(at);
    const size = Math.min(Math.max(this.#windowSize, wanted), this.end - this.#offset);
    this.#windowSize = Math.min(largestWindow, 2 * this.#windowSize);
    this.#window = size <= 0 ? new Uint8Array(0) : await this.file.readAt(this.#offset, size);
    this.#windowStart = this.#offset;
    return this.#window;
  }

  /** An error about the content of this file at a place of it. */
  malformed(text: string, offset: number, cause?: unknown): FormatError {
    const options = cause === undefined ? {} : { cause };
    return new FormatError('MALFORMED', text, { path: this.file.path, offset }, options);
  }
}
