import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, type FileHandle, lstat, mkdir, open, rm, symlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FrontDoorError } from '../access/front-door-error.ts';
import type { Checksums } from './checksums.ts';
import type { ListedEntry, ListedFile } from './file-list.ts';

/** What is missing of a file, or that its bytes were not those that were sent. */
export type Lack =
  | { readonly type: 'missing'; readonly name: string; readonly offset: number }
  | { readonly type: 'damaged'; readonly name: string };

/** Parts of a job that come back from an attempt; anything else stands beside them as a file. */
const parts = new Set(['working', 'outputs', 'metadata']);

/** What links of a job may lead to. */
const linked = new Set([...parts, 'inputs', 'unstructured']);

/** What an attempt brings back: a tree of files, each in one piece or in several, one after the other. */
export class Outputs {
  readonly #tree: string;
  readonly #entries: readonly ListedEntry[];
  readonly #files: ReadonlyMap<string, ListedFile>;
  readonly #checksums: Checksums;
  /** Ends what an earlier connection of the same attempt is still writing. */
  readonly #writing = new Map<string, { readonly cancel: () => void; readonly done: Promise<void> }>();

  /** @param tree an existing directory, in which nobody else writes */
  constructor(tree: string, entries: readonly ListedEntry[], checksums: Checksums) {
    this.#tree = tree;
    this.#entries = entries;
    this.#checksums = checksums;
    this.#files = new Map(entries.flatMap((entry) => (entry.type === 'file' ? [[entry.name, entry]] : [])));
    for (const entry of entries) requirePlace(entry);
  }

  /** Makes the directories, and tells what is missing of the files. */
  async *lacks(): AsyncGenerator<Lack> {
    await mkdir(this.#tree, { recursive: true });
    for (const { type, name } of this.#entries) if (type === 'directory') await this.#makeWay(`${name}/x`);
    for (const file of this.#files.values()) yield* this.#lacksOf(file);
  }

  /** Once nothing is missing: modes, and the links, which nothing is ever written through. */
  async complete(directory: string): Promise<void> {
    for (const { name, executable } of this.#files.values()) {
      if (executable) await chmod(this.#path(name), 0o755);
    }
    for (const entry of this.#entries) {
      if (entry.type !== 'link') continue;
      const path = await this.#makeWay(entry.name);
      await rm(path, { force: true });
      await symlink(bytesOf(directory, entry.target), path);
    }
  }

  /**
   * Appends to a file, from `offset` on, which must be where it ends.
   * @throws FrontDoorError `CONFLICT`: ask what is missing; `TOO_LARGE`
   */
  async write(name: string, offset: number, content: Readable): Promise<void> {
    const file = this.#files.get(name);
    if (file === undefined)
      throw new FrontDoorError('CONFLICT', 'this file is not in the list that was sent');
    const earlier = this.#writing.get(name);
    earlier?.cancel();
    await earlier?.done;
    const finished = Promise.withResolvers<void>();
    this.#writing.set(name, { cancel: () => content.destroy(), done: finished.promise });
    try {
      await this.#append(file, offset, content);
    } finally {
      this.#writing.delete(name);
      finished.resolve();
    }
  }

  async *#lacksOf(file: ListedFile): AsyncGenerator<Lack> {
    const { name, size } = file;
    const path = await this.#makeWay(name);
    const found = await lstatIfThere(path);
    if (found === undefined && size === 0) {
      await using _created = await open(path, 'wx');
      return;
    }
    if (found === undefined || !found.isFile() || found.size > size) {
      await rm(path, { recursive: true, force: true });
      yield { type: 'missing', name, offset: 0 };
    } else if (found.size < size) {
      yield { type: 'missing', name, offset: found.size };
    } else if (!(await this.#isRight(path, file))) {
      await rm(path);
      yield { type: 'damaged', name };
      yield { type: 'missing', name, offset: 0 };
    }
  }

  async #isRight(path: Buffer, { sha256 }: ListedFile): Promise<boolean> {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    return (await this.#checksums.of(handle)) === sha256;
  }

  async #append(file: ListedFile, offset: number, content: Readable): Promise<void> {
    const { O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    await using handle = await open(await this.#makeWay(file.name), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644);
    const { size } = await handle.stat();
    if (offset === 0) await handle.truncate(0);
    else if (offset !== size) {
      throw new FrontDoorError(
        'CONFLICT',
        `${size} bytes of this file are here, and you went on at ${offset}`,
      );
    }
    await this.#pour(file, offset, content, handle);
  }

  async #pour(file: ListedFile, offset: number, content: Readable, handle: FileHandle): Promise<void> {
    const hash = offset === 0 ? createHash('sha256') : undefined;
    let position = offset;
    // One chunk at a time: the socket waits while the disk is busy, whatever the size of the file.
    for await (const chunk of content) {
      const data: Uint8Array = chunk;
      if (position + data.byteLength > file.size) {
        throw new FrontDoorError('TOO_LARGE', `more than the ${file.size} bytes that the list says`);
      }
      hash?.update(data);
      await handle.write(data, 0, data.byteLength, position);
      position += data.byteLength;
    }
    if (hash && position === file.size) this.#checksums.remember(await handle.stat(), hash.digest('hex'));
  }

  #path(name: string): Buffer {
    return bytesOf(this.#tree, name);
  }

  /** The directories that lead to a file, none of which may be a link. */
  async #makeWay(name: string): Promise<Buffer> {
    const segments = name.split('/');
    for (let length = 1; length < segments.length; length += 1) {
      const path = this.#path(segments.slice(0, length).join('/'));
      const found = await lstatIfThere(path);
      if (found === undefined) await mkdir(path);
      else if (!found.isDirectory()) {
        throw new FrontDoorError(
          'OUTSIDE',
          `a file or link is where ${JSON.stringify(name)} needs a directory`,
        );
      }
    }
    return this.#path(name);
  }
}

const bytesOf = (directory: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]);

const lstatIfThere = (path: Buffer): Promise<Stats | undefined> =>
  lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

function requirePlace(entry: ListedEntry): void {
  const [first = '', ...rest] = entry.name.split('/');
  const isPart = parts.has(first);
  const isBeside = entry.type !== 'directory' && rest.length === 0 && !linked.has(first);
  if (!(isPart && (rest.length > 0 || entry.type === 'directory')) && !isBeside) {
    const where = 'nothing comes back but working, outputs, metadata and files beside them';
    throw new FrontDoorError('OUTSIDE', `${JSON.stringify(entry.name)}: ${where}`);
  }
  if (entry.type !== 'link') return;
  const [top = '', ...below] = entry.target.split('/');
  if (below.length > 0 && !linked.has(top)) {
    throw new FrontDoorError('OUTSIDE', `${JSON.stringify(entry.name)} is a link out of the job`);
  }
}
