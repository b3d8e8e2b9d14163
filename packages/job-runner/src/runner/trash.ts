import { execFile } from 'node:child_process';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '@galaxy-mesos/scheduler';
import { messageOf } from '../job-error.ts';

/** What a {@link Trash} works with. */
export interface TrashParts {
  /** On the same file system as all that is thrown away. */
  readonly directory: string;
  readonly clock: Clock;
  /** Something could not be removed. */
  readonly onTrouble: (message: string) => void;
  /** As much as gathers in this time is removed together. */
  readonly gatheringMilliseconds?: number;
}

/** To start a process keeps this one from all else for 10 ms, the longer the more memory it has. */
const defaultGatheringMilliseconds = 10_000;
/** As many names as surely fit into one command line. */
const mostAtOnce = 1000;

/**
 * Takes directories out of the way in one rename, and removes all that has gathered by one process now and then: to
 * remove trees of a thousand jobs file by file would keep this one busy.
 */
export class Trash {
  readonly #parts: TrashParts;
  #taken = 0;
  #cancel: (() => void) | undefined;
  #emptying: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: TrashParts) {
    this.#parts = parts;
  }

  /** What is at a path is gone from there when this resolves; nothing may be there. */
  async take(file: string): Promise<void> {
    const { clock, directory } = this.#parts;
    const target = path.join(directory, `${process.pid}-${clock.now()}-${this.#taken++}`);
    if (!(await renameIfThere(file, target))) {
      // It may be the trash that is not there.
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await renameIfThere(file, target);
    }
    this.start();
  }

  /** Sees to it that what is there is removed soon. */
  start(): void {
    if (this.#isStopped || this.#cancel || this.#emptying) return;
    const { clock, gatheringMilliseconds = defaultGatheringMilliseconds } = this.#parts;
    this.#cancel = clock.after(gatheringMilliseconds, () => {
      this.#cancel = undefined;
      this.#emptying = this.#empty();
    });
  }

  /** What is left is for the next one. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#emptying;
  }

  async #empty(): Promise<void> {
    const { directory, onTrouble } = this.#parts;
    let names: readonly string[] = [];
    const taken = this.#taken;
    try {
      names = await readdir(directory).catch(() => []);
      const some = names.slice(0, mostAtOnce);
      if (some.length > 0) await promisify(execFile)('rm', ['-rf', '--', ...some], { cwd: directory });
    } catch (error) {
      onTrouble(`what was thrown away in ${directory} cannot be removed: ${messageOf(error)}`);
    }
    this.#emptying = undefined;
    if (this.#taken > taken || names.length > mostAtOnce) this.start();
  }
}

async function renameIfThere(file: string, target: string): Promise<boolean> {
  try {
    await rename(file, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
