import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FormatError, type FormatErrorCode } from './format-error.ts';

/** 1 MiB: large enough that the cost of a call vanishes, small enough to stay in a processor's cache. */
const chunkSize = 1024 * 1024;

const newline = 0x0a;

/** A run of bytes of a file. */
export interface ByteRange {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** Bytes in order, and, where they come from a file, what an error message about them needs. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  readonly path?: string;
  /** The line, counted from 1, of the byte `offset` bytes after the first byte of this source. */
  lineAt?(offset: number): Promise<number>;
}

/** What {@link openSource} takes besides the path. */
export interface OpenSourceOptions {
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Reads only these bytes, instead of the whole file. */
  readonly range?: ByteRange | undefined;
}

/** An open file as a source of bytes; open it with `await using`, or close it by hand. */
export interface FileSource extends ByteSource, AsyncDisposable {
  readonly path: string;
  /** How many bytes it yields: the file's size when it was opened, or the length of the range. */
  readonly size: number;
  /**
   * The same bytes at half the cost: the memory of a chunk is used again as soon as the next one is asked for.
   */
  fleeting(): AsyncGenerator<Uint8Array>;
  lineAt(offset: number): Promise<number>;
  /**
   * Reads bytes at a place of the file, counted from its beginning also where the source is a range of it: `length`
   * bytes, or fewer where the file ends. Memory is taken for no more than the file has, and none where some is given.
   */
  readAt(offset: number, length: number, memory?: Buffer): Promise<Uint8Array>;
  /** Throws a {@link FormatError} `CHANGED` if the file's size or time of change differs from those at opening. */
  assertUnchanged(): Promise<void>;
}

const codesOfSystem: Readonly<Record<string, readonly [FormatErrorCode, string]>> = {
  ENOENT: ['NOT_FOUND', 'there is no such file'],
  ENOTDIR: ['NOT_FOUND', 'there is no such file: a part of the path is not a directory'],
  EACCES: ['NO_PERMISSION', 'this user may not read the file'],
  EPERM: ['NO_PERMISSION', 'this user may not read the file'],
  ENXIO: ['NOT_A_FILE', 'expected a regular file, found a socket or a device'],
};

const fromSystem = (error: unknown, path: string): FormatError => {
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [code, text] = codesOfSystem[systemCode] ?? ['READ_FAILED', `could not be read (${String(error)})`];
  return new FormatError(code, text, { path }, { cause: error });
};

const kindOf = (stats: Stats): string => {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe: write it to a file first';
  return 'a device';
};

const countNewlines = (bytes: Uint8Array): number => {
  let count = 0;
  for (const byte of bytes) if (byte === newline) count += 1;
  return count;
};

const readFully = async (
  handle: FileHandle,
  path: string,
  offset: number,
  buffer: Buffer,
): Promise<Buffer> => {
  const { length } = buffer;
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle
      .read(buffer, filled, length - filled, offset + filled)
      .catch((error: unknown) => {
        throw fromSystem(error, path);
      });
    if (bytesRead === 0) throw becameShorter(path, offset + filled, offset + length);
    filled += bytesRead;
  }
  return buffer;
};

const becameShorter = (path: string, end: number, expected: number): FormatError => {
  const text = `became shorter while it was read: it ends at byte ${end}, expected ${expected}`;
  return new FormatError('CHANGED', text, { path });
};

type Allocate = (length: number) => Buffer;

/** Two buffers in turn: one is read while the next chunk comes into the other. */
const takingTurns = (): Allocate => {
  const buffers: (Buffer | undefined)[] = [undefined, undefined];
  let turn = 0;
  return (length) => {
    turn = 1 - turn;
    const buffer = buffers[turn] ?? Buffer.allocUnsafeSlow(chunkSize);
    buffers[turn] = buffer;
    return buffer.subarray(0, length);
  };
};

class OpenFile implements FileSource {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #opened: Stats;
  readonly #start: number;
  readonly #signal: AbortSignal | undefined;

  constructor(path: string, handle: FileHandle, opened: Stats, options: OpenSourceOptions) {
    const { offset, length } = options.range ?? { offset: 0, length: opened.size };
    this.path = path;
    this.size = length;
    this.#handle = handle;
    this.#opened = opened;
    this.#start = offset;
    this.#signal = options.signal;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    // A buffer of its own for every chunk, because the reader may keep the chunk.
    return this.#read(this.#start, this.#start + this.size, (length) => Buffer.allocUnsafeSlow(length));
  }

  fleeting(): AsyncGenerator<Uint8Array> {
    return this.#read(this.#start, this.#start + this.size, takingTurns());
  }

  async lineAt(offset: number): Promise<number> {
    let line = 1;
    for await (const chunk of this.#read(0, this.#start + offset, takingTurns()))
      line += countNewlines(chunk);
    return line;
  }

  readAt(offset: number, length: number, memory?: Buffer): Promise<Uint8Array> {
    this.#signal?.throwIfAborted();
    const size = Math.max(0, Math.min(this.#opened.size, offset + length) - offset);
    const buffer = memory?.subarray(0, size) ?? Buffer.allocUnsafeSlow(size);
    return readFully(this.#handle, this.path, offset, buffer);
  }

  async assertUnchanged(): Promise<void> {
    const now = await this.#handle.stat();
    if (now.size === this.#opened.size && now.mtimeMs === this.#opened.mtimeMs) return;
    const sizes = `${this.#opened.size} bytes when opened, ${now.size} now`;
    throw new FormatError(
      'CHANGED',
      `was written to while it was read (${sizes}): start again when it is complete`,
      {
        path: this.path,
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** Reads one chunk ahead, so that the disk works while the reader looks for records. */
  async *#read(start: number, end: number, allocate: Allocate): AsyncGenerator<Uint8Array> {
    let ahead = this.#readAhead(start, end, allocate);
    try {
      for (let position = start; position < end; ) {
        this.#signal?.throwIfAborted();
        const chunk = await ahead;
        position += chunk.length;
        ahead = this.#readAhead(position, end, allocate);
        yield chunk;
      }
    } finally {
      await Promise.allSettled([ahead]);
    }
  }

  #readAhead(position: number, end: number, allocate: Allocate): Promise<Uint8Array> {
    const chunk = this.#readChunk(position, end, allocate);
    // A failure is thrown to the reader when it asks for this chunk, which may be long after it happened, or
    // never if the reader stops early; without this it would end the process in the meantime.
    chunk.catch(() => undefined);
    return chunk;
  }

  async #readChunk(position: number, end: number, allocate: Allocate): Promise<Uint8Array> {
    const wanted = Math.min(chunkSize, end - position);
    if (wanted <= 0) return new Uint8Array(0);
    const buffer = allocate(wanted);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, position).catch((error: unknown) => {
      throw fromSystem(error, this.path);
    });
    if (bytesRead > 0) return bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead);
    throw becameShorter(this.path, position, end);
  }
}

const check = (path: string, stats: Stats, range: ByteRange | undefined): void => {
  if (!stats.isFile())
    throw new FormatError('NOT_A_FILE', `expected a regular file, found ${kindOf(stats)}`, { path });
  if (range === undefined) return;
  const { offset, length } = range;
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (valid && offset + length <= stats.size) return;
  const text = `has ${stats.size} bytes, so that there are no ${length} bytes from byte ${offset} on`;
  throw new FormatError('OUT_OF_RANGE', text, { path });
};

/**
 * Opens a regular file, or a range of it, as a source of chunks of at most 1 MiB. It may be read any number of
 * times until it is closed. Throws a {@link FormatError} that says why, if it cannot be read.
 */
export const openSource = async (path: string, options: OpenSourceOptions = {}): Promise<FileSource> => {
  options.signal?.throwIfAborted();
  // Without O_NONBLOCK, opening a pipe would wait for somebody who writes to it; a regular file ignores it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw fromSystem(error, path);
  });
  try {
    const stats = await handle.stat();
    check(path, stats, options.range);
    return new OpenFile(path, handle, stats, options);
  } catch (error) {
    await handle.close();
    throw error;
  }
};
