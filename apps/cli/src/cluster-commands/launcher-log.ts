import { copyFileSync, fstatSync, ftruncateSync, rmSync, statSync } from 'node:fs';

/** Weeks of a busy cluster; a file server does not notice that much. */
const mostBytes = 8 * 1024 * 1024;

/** Looking costs two calls of the system. */
const linesBetween = 500;

/**
 * Keeps a log from growing for ever that a process has as its output: what is in it becomes the older log, beside it.
 * The file itself stays, since a process cannot change where its output goes. Any other output is left alone.
 */
export class LauncherLog {
  readonly #file: string;
  readonly #write: (text: string) => unknown;
  readonly #descriptor: number;
  readonly #most: number;
  #lines = 0;

  constructor(
    file: string,
    write: (text: string) => unknown,
    { descriptor = 1, most = mostBytes }: { readonly descriptor?: number; readonly most?: number } = {},
  ) {
    this.#file = file;
    this.#write = write;
    this.#descriptor = descriptor;
    this.#most = most;
  }

  tell(line: string): void {
    if (this.#lines++ % linesBetween === 0) this.#shorten();
    this.#write(`${line}\n`);
  }

  #shorten(): void {
    const own = fstatSync(this.#descriptor);
    if (own.size <= this.#most) return;
    const there = statSync(this.#file, { throwIfNoEntry: false });
    if (!own.isFile() || own.ino !== there?.ino || own.dev !== there.dev) return;
    const older = `${this.#file}.old`;
    try {
      copyFileSync(this.#file, older);
    } catch {
      // Where there is no room for both, less of the log is better than none of the cluster.
      rmSync(older, { force: true });
    }
    ftruncateSync(this.#descriptor, 0);
  }
}
