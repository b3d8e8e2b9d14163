import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * As much as gathers in this time is removed together: to start a process keeps this one from all else for 10 ms, the
 * longer the more memory it has.
 */
const gatheringMilliseconds = 10_000;
/** As many names as surely fit into one command line. */
const mostAtOnce = 1_000;

/**
 * Takes directories out of the way by a rename, and has them removed by one process for many: file by file, this one
 * would have little time for anything else when a thousand jobs end.
 */
export class Trash {
  readonly #directory: string;
  readonly #onTrouble: (error: unknown) => void;
  readonly #delay: number;
  #timer: NodeJS.Timeout | undefined;
  #emptying: Promise<void> = Promise.resolve();

  /**
   * @param directory on the same file system as all that is thrown away; nothing else is in it
   * @param onTrouble is told if something could not be removed; it is tried again with what comes next
   * @param delay milliseconds
   */
  constructor(directory: string, onTrouble: (error: unknown) => void, delay = gatheringMilliseconds) {
    this.#directory = directory;
    this.#onTrouble = onTrouble;
    this.#delay = delay;
  }

  /** Has removed what was left when the last process ended. */
  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    this.#start();
  }

  /** What is at a path is gone from there when this resolves; nothing need be there. */
  async take(path: string): Promise<void> {
    try {
      await rename(path, join(this.#directory, randomUUID()));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.#start();
  }

  /** Removes what is there. */
  async empty(): Promise<void> {
    const names = await readdir(this.#directory);
    for (let start = 0; start < names.length; start += mostAtOnce) {
      const some = names.slice(start, start + mostAtOnce);
      await promisify(execFile)('rm', ['-rf', '--', ...some], { cwd: this.#directory });
    }
  }

  /** Resolves when nothing is being removed any more; what is left is for the next process. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#emptying;
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#emptying = this.#emptying.then(() => this.empty()).catch(this.#onTrouble);
    }, this.#delay);
    this.#timer.unref();
  }
}
