import { createHash } from 'node:crypto';
import { fdatasync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { FileRange, Sidecar } from '@galaxy-mesos/parallelism';

const syncData = promisify(fdatasync);

/** Of more at once some kernels make several times the work. */
const mostAtOnce = 256 * 1024;

/** Keeps the bytes that parts need besides those of their inputs in one open file beside the tasks' scripts. */
export class SidecarFile implements Sidecar {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #kept = new Map<string, Promise<FileRange>>();
  #end = 0;
  #isSynced = true;

  /**
   * @param path where tasks find it
   * @param descriptor of it, open for writing. Nothing is cut off: tasks of a plan that is made again may be reading
   *   what is written there again
   */
  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  keep(bytes: Uint8Array): Promise<FileRange> {
    const sum = createHash('sha256').update(bytes).digest('base64');
    const kept = this.#kept.get(sum) ?? this.#write(bytes);
    this.#kept.set(sum, kept);
    return kept;
  }

  /** Resolves when all that was kept is where other machines see it, and where no loss of power takes it. */
  async sync(): Promise<void> {
    if (this.#isSynced) return;
    this.#isSynced = true;
    await syncData(this.#descriptor);
  }

  /** Waits for the file: this process has nothing else to do, and hops between threads cost more. */
  async #write(bytes: Uint8Array): Promise<FileRange> {
    const range = { path: this.#path, offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    this.#isSynced = false;
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, mostAtOnce);
      done += writeSync(this.#descriptor, bytes, done, length, range.offset + done);
    }
    return range;
  }
}
