import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/** What is thrown away within this time goes together. */
const gatheringMilliseconds = 10_000;

/**
 * Removes directories by one process for many of them: in this one every entry would take several calls, and each of
 * them time in which nobody else is served.
 */
export class Trash {
  readonly #paths: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The directory goes soon. One that is still there when this process ends stays. */
  add(path: string): void {
    this.#paths.push(path);
    this.#timer ??= setTimeout(() => this.#empty(), gatheringMilliseconds).unref();
  }

  #empty(): void {
    this.#timer = undefined;
    const paths = this.#paths.splice(0, 500);
    if (this.#paths.length > 0) this.#timer = setTimeout(() => this.#empty(), gatheringMilliseconds).unref();
    const child = spawn('rm', ['-rf', '--', ...paths], { stdio: 'ignore' });
    child.unref();
    child.on('error', () => {
      // No program, no memory for one: they go with the directories that they are in.
    });
  }
}

/**
 * Removes what is at some paths, if anything. A program does it that follows no link, even if somebody puts one there
 * meanwhile: Node looks at paths, and goes where they lead then.
 */
export async function removeAll(paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await promisify(execFile)('rm', ['-rf', '--', ...paths]);
}
