import { constants, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type ByteRange, FormatError, openSource } from '@galaxy-mesos/formats';
import type { JoinRequest } from '../merge.ts';

/** 256 KiB: large enough that the cost of a call vanishes; writing twice as much at once was measured four times as slow. */
const bufferSize = 256 * 1024;

/** So much is copied before anything else, such as a signal, has its turn: some milliseconds. */
const turnSize = 8 * 1024 * 1024;

/** A result as it is written: under another name until it is complete. */
export class ResultFile {
  readonly #handle: FileHandle;
  readonly #signal: AbortSignal | undefined;
  /** What was written and is not on its way yet. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(bufferSize);
  #filled = 0;
  /** Takes turns with the other one: one is filled while the other is written. */
  #spare: Buffer = Buffer.allocUnsafeSlow(bufferSize);
  #writing: Promise<void> = Promise.resolve();
  #size = 0;

  constructor(handle: FileHandle, signal: AbortSignal | undefined) {
    this.#handle = handle;
    this.#signal = signal;
  }

  /** How many bytes were written so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends bytes, which may be used again as soon as this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const taken = Math.min(bytes.length - from, bufferSize - this.#filled);
      this.#buffer.set(bytes.subarray(from, from + taken), this.#filled);
      this.#filled += taken;
      from += taken;
      if (this.#filled === bufferSize) await this.#send();
    }
    this.#size += bytes.length;
  }

  /** Appends what a source yields. */
  async writeAll(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) await this.write(chunk);
  }

  /** Appends bytes of another file as they are; all of them, if no range is given. */
  async copy(path: string, range?: ByteRange): Promise<void> {
    // Says what is wrong with the path, and with the range.
    await using source = await openSource(path, { signal: this.#signal, range });
    const { offset, length } = range ?? { offset: 0, length: source.size };
    await using file = await open(path, constants.O_RDONLY);
    await this.flush();
    const end = offset + length;
    for (let at = offset; at < end; at += turnSize) {
      this.#signal?.throwIfAborted();
      this.#copyTurn(file.fd, path, { from: at, to: Math.min(end, at + turnSize) });
      await setImmediate();
    }
    await source.assertUnchanged();
  }

  /** Without waiting for anything in between: handing every piece to another thread and back takes longer than copying it. */
  #copyTurn(file: number, path: string, { from, to }: { readonly from: number; readonly to: number }): void {
    for (let at = from; at < to; ) {
      const length = readSync(file, this.#buffer, 0, Math.min(bufferSize, to - at), at);
      if (length === 0) throw becameShorter(path, at);
      for (let written = 0; written < length; ) {
        written += writeSync(this.#handle.fd, this.#buffer, written, length - written, null);
      }
      at += length;
      this.#size += length;
    }
  }

  /** Resolves when all bytes are in the file. */
  async flush(): Promise<void> {
    await this.#send();
    await this.#writing;
  }

  /** Hands the buffer over, and resolves when the one before it is written. */
  async #send(): Promise<void> {
    await this.#writing;
    this.#signal?.throwIfAborted();
    const full = this.#buffer;
    this.#writing = writeFully(this.#handle, full, this.#filled);
    // A failure is thrown by the next call that waits for it; until then it must not end the process.
    this.#writing.catch(() => undefined);
    this.#buffer = this.#spare;
    this.#spare = full;
    this.#filled = 0;
  }
}

const writeFully = async (handle: FileHandle, bytes: Buffer, length: number): Promise<void> => {
  for (let from = 0; from < length; ) {
    const { bytesWritten } = await handle.write(bytes, from, length - from, null);
    from += bytesWritten;
  }
};

const becameShorter = (path: string, end: number): FormatError =>
  new FormatError('CHANGED', `became shorter while it was read: it ends at byte ${end}`, { path });

/**
 * Writes the result of a merge: it gets its name when it is complete and on the disk, and nothing is left if that fails.
 */
export const writeResult = async (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  fill: (result: ResultFile) => Promise<void>,
): Promise<void> => writeWhole({ destination, signal }, fill, (handle) => handle.datasync());

/** The same of a file that only the merge itself reads: after a loss of power it is made again. */
export const writeScratch = async (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  fill: (result: ResultFile) => Promise<void>,
): Promise<void> => writeWhole({ destination, signal }, fill);

const writeWhole = async (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  fill: (result: ResultFile) => Promise<void>,
  keep?: (handle: FileHandle) => Promise<void>,
): Promise<void> => {
  signal?.throwIfAborted();
  const unfinished = `${destination}.unfinished`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      const result = new ResultFile(handle, signal);
      await fill(result);
      await result.flush();
      await keep?.(handle);
    } finally {
      await handle.close();
    }
    await rename(unfinished, destination);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};
