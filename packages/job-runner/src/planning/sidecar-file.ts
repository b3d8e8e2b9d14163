import { createHash } from 'node:crypto';
import { fdatasync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { FileRange, Sidecar } from '@galaxy-mesos/parallelism';

const writeAt = promisify(write);
const syncData = promisify(fdatasync);

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

  async #write(bytes: Uint8Array): Promise<FileRange> {
    const range = { path: this.#path, offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.length - done;
      done += (await writeAt(this.#descriptor, bytes, done, left, range.offset + done)).bytesWritten;
    }
    this.#isSynced = false;
    return range;
  }
}
