import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { codeOf, messageOf } from '../runnerd-error.ts';

const run = promisify(execFile);

/** What is thrown away within this time goes together. */
const gatheringMilliseconds = 2_000;

/**
 * Directories that are not wanted any more: out of the way at once, and removed soon by one process for many of them.
 * In this process every file would take a call, and each call time in which nobody else is served.
 */
export class Trash {
  readonly #directory: string;
  readonly #onProblem: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #emptying: Promise<void> | undefined;

  /** `directory` is for this alone, on the file system of what is thrown away. */
  constructor(directory: string, onProblem: (message: string) => void) {
    this.#directory = directory;
    this.#onProblem = onProblem;
  }

  /** Begins with what an earlier process has left. */
  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    this.#emptySoon();
  }

  /** What is not there is thrown away already. */
  async discard(file: string): Promise<void> {
    try {
      // A job that is sent again has attempts of the names that the first one's had.
      await rename(file, path.join(this.#directory, randomUUID()));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    this.#emptySoon();
  }

  /** Waits for what is being removed; the rest is for the next process. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#emptying;
  }

  #emptySoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#emptying = this.#empty().catch((error: unknown) => {
        this.#onProblem(`${this.#directory} cannot be emptied: ${messageOf(error)}`);
      });
    }, gatheringMilliseconds).unref();
  }

  async #empty(): Promise<void> {
    try {
      const names = await readdir(this.#directory);
      // More would not fit into a command line; they go with the next round.
      const some = names.slice(0, 1_000);
      if (some.length > 0) await run('rm', ['-rf', '--', ...some], { cwd: this.#directory });
    } finally {
      this.#timer = undefined;
    }
    if ((await readdir(this.#directory)).length > 0) this.#emptySoon();
  }
}
