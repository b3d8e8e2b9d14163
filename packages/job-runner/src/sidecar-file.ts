import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileRange, Sidecar } from '@galaxy-mesos/parallelism';

/** Keeps the bytes that parts need besides those of their inputs in one file beside the tasks' scripts. */
export class SidecarFile implements Sidecar {
  readonly #path: string;
  readonly #kept = new Map<string, Promise<FileRange>>();
  #handle: Promise<FileHandle> | undefined;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  keep(bytes: Uint8Array): Promise<FileRange> {
    const sum = createHash('sha256').update(bytes).digest('hex');
    const kept = this.#kept.get(sum) ?? this.#write(bytes);
    this.#kept.set(sum, kept);
    return kept;
  }

  async close(): Promise<void> {
    await (await this.#handle)?.close();
  }

  async #write(bytes: Uint8Array): Promise<FileRange> {
    const range = { path: this.#path, offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    // Nothing is cut off: tasks of a plan that is made again may be reading what it writes there again.
    this.#handle ??= open(this.#path, constants.O_WRONLY | constants.O_CREAT);
    const handle = await this.#handle;
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done, range.offset + done)).bytesWritten;
    }
    return range;
  }
}
