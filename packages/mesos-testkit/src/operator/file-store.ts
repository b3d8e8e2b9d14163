import type { mesos } from '@galaxy-mesos/mesos-client';

/** Mesos reads no more at once: 16 pages. */
const maximumReadBytes = 65_536;

/** Part of a file, and the size of the whole. */
export interface FilePart {
  readonly size: bigint;
  readonly data: Uint8Array;
}

const modeOfFile = 0o100644;

/** Files in memory, as the operator API lists and reads them. */
export class FileStore {
  readonly #files = new Map<string, Uint8Array>();

  /** Writes a file, whole. */
  write(path: string, content: Uint8Array | string): void {
    this.#files.set(path, Buffer.from(content));
  }

  /** Adds to the end of a file, as a task does to its stdout. */
  append(path: string, content: Uint8Array | string): void {
    this.write(path, Buffer.concat([this.#files.get(path) ?? Buffer.alloc(0), Buffer.from(content)]));
  }

  /** All of a file; undefined where there is none of this path. */
  find(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  /** At most {@link maximumReadBytes} from an offset on; undefined where there is no such file. */
  read(path: string, offset: bigint, length: bigint | undefined): FilePart | undefined {
    const content = this.#files.get(path);
    if (!content) return undefined;
    const start = Number(offset);
    const bytes = Math.min(Number(length ?? maximumReadBytes), maximumReadBytes);
    return { size: BigInt(content.length), data: content.subarray(start, start + bytes) };
  }

  /** The files right below a folder, or the file itself; undefined where there is neither. */
  list(path: string): readonly mesos.FileInfo[] | undefined {
    const folder = `${path.replace(/\/$/, '')}/`;
    const below = [...this.#files].filter(
      ([name]) => name === path || (name.startsWith(folder) && !name.slice(folder.length).includes('/')),
    );
    if (below.length === 0) return undefined;
    return below.map(([name, content]) => ({
      path: name,
      nlink: 1,
      size: BigInt(content.length),
      mtime: { nanoseconds: 0n },
      mode: modeOfFile,
      uid: 'root',
      gid: 'root',
    }));
  }
}
