import { FileCursor } from '../bgzf/file-cursor.ts';
import { FormatError } from '../format-error.ts';
import { type ByteSource, type FileSource, openSource } from '../source.ts';
import { type Compression, compressionOf } from './compression.ts';
import { type Decoding, decodeGzip } from './decode-gzip.ts';
import { decodeZstd } from './decode-zstd.ts';

/** What {@link openDecoded} takes besides the path. */
export interface OpenDecodedOptions {
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Refuses a file that is compressed otherwise, or not at all. Without it, the bytes of the file decide. */
  readonly compression?: Compression | undefined;
  /**
   * Yields a file that is not compressed at half the cost, in chunks that hold only until the next one is asked for: for
   * readers that keep none.
   */
  readonly isFleeting?: boolean | undefined;
  /**
   * Passes over whatever follows the last gzip member, as gzip does, which warns of it. Without it, such a file is
   * refused: a file that is damaged between two members looks the same, and all that follows would be lost.
   */
  readonly ignoreTrailingGarbage?: boolean | undefined;
}

/** The decompressed bytes of an open file; open it with `await using`, or close it by hand. */
export interface DecodedSource extends ByteSource, AsyncDisposable {
  readonly path: string;
  readonly compression: Compression;
  /** The size of the file, compressed as it is. */
  readonly compressedSize: number;
  /** How many bytes of the file were needed for what the latest reading has yielded so far. */
  readonly consumed: number;
  lineAt(offset: number): Promise<number>;
  /** Throws a {@link FormatError} `CHANGED` if the file was written to since it was opened. */
  assertUnchanged(): Promise<void>;
}

const newline = 0x0a;
const telling = 0x10000 + 12;

class DecodedFile implements DecodedSource {
  readonly compression: Compression;
  readonly #file: FileSource;
  readonly #isFleeting: boolean;
  readonly #ignoreTrailingGarbage: boolean;
  #consumed = 0;

  constructor(file: FileSource, compression: Compression, options: OpenDecodedOptions) {
    this.#file = file;
    this.compression = compression;
    this.#isFleeting = options.isFleeting === true;
    this.#ignoreTrailingGarbage = options.ignoreTrailingGarbage === true;
  }

  get path(): string {
    return this.#file.path;
  }

  get compressedSize(): number {
    return this.#file.size;
  }

  get consumed(): number {
    return this.#consumed;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.#consumed = 0;
    return this.#decode((offset) => {
      this.#consumed = offset;
    });
  }

  /** Decompresses anew up to there, which is worth it only for the message of an error. */
  async lineAt(offset: number): Promise<number> {
    let line = 1;
    let left = offset;
    for await (const chunk of this.#decode(() => {})) {
      for (const byte of chunk.subarray(0, left)) if (byte === newline) line += 1;
      left -= chunk.length;
      if (left <= 0) break;
    }
    return line;
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  #decode(consumed: Decoding['consumed']): AsyncGenerator<Uint8Array> {
    if (this.compression === 'none') return this.#plain(consumed);
    const cursor = new FileCursor(this.#file);
    if (this.compression === 'zstd') return decodeZstd(cursor, { consumed });
    // Blocks of BGZF stand side by side and nothing is ever appended to them, other than by damage.
    const ignoreTrailingGarbage = this.#ignoreTrailingGarbage && this.compression === 'gzip';
    return decodeGzip(cursor, { consumed, ignoreTrailingGarbage });
  }

  async *#plain(consumed: Decoding['consumed']): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for await (const chunk of this.#isFleeting ? this.#file.fleeting() : this.#file) {
      offset += chunk.length;
      consumed(offset);
      yield chunk;
    }
  }
}

const check = (path: string, found: Compression, expected: Compression | undefined): void => {
  if (expected !== undefined && found !== expected && !(expected === 'gzip' && found === 'bgzf')) {
    const named = found === 'none' ? 'is not compressed, or in a way that is not known' : `is ${found}`;
    throw new FormatError('MALFORMED', `expected ${expected}, but the file ${named}`, { path, offset: 0 });
  }
  if (found !== 'bzip2' && found !== 'xz') return;
  const advice = `decompress it first with \`${found} -dk FILE\`, or compress it with gzip, bgzip or zstd`;
  throw new FormatError('MALFORMED', `${found} is not read here: ${advice}`, { path, offset: 0 });
};

/**
 * Opens a file as a source of its decompressed bytes: gzip with any number of members, BGZF, zstd with any number of
 * frames, and files that are not compressed. Memory does not grow with the file nor with what it claims to hold. It may
 * be read any number of times, one after the other, until it is closed.
 *
 * Reading throws a {@link FormatError} `MALFORMED` with the offset in the compressed file, if that ends too early, is
 * damaged, or if a checksum is wrong: that may be after most of it was yielded.
 */
export const openDecoded = async (path: string, options: OpenDecodedOptions = {}): Promise<DecodedSource> => {
  const file = await openSource(path, { signal: options.signal });
  try {
    const compression = compressionOf(await file.readAt(0, telling));
    check(path, compression, options.compression);
    return new DecodedFile(file, compression, options);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
};
