import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const syncFile = promisify(fdatasync);

/**
 * The write-ahead log of a SQLite file, as far as waiting for the disk goes. SQLite itself would wait in the midst of a
 * COMMIT, and the event loop with it; told not to (`synchronous = NORMAL`), it leaves a commit in the log, which is
 * whole or not there after a crash, and durable once the log is on the disk.
 */
export class Log {
  readonly #file: number;
  #failure: unknown;

  /** All that was written so far is durable from here on. @throws what the system says. */
  constructor(location: string) {
    // Not of the file itself: to close that would take SQLite's lock away.
    this.#file = openSync(`${location}-wal`, 'r');
    try {
      fdatasyncSync(this.#file);
      syncDirectory(path.dirname(location));
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** Resolves when all that was committed is on the disk. */
  async sync(): Promise<void> {
    try {
      await syncFile(this.#file);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Throws if the disk has failed before: nobody knows any more what of the last commits is on it. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A file that was made is there after a crash once its directory is on the disk. */
function syncDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
