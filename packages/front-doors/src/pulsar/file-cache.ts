import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FrontDoorError } from '../access/front-door-error.ts';
import { exists } from '../files/open-inside.ts';
import { receiveFile } from '../files/receive-file.ts';

/** How long somebody who said that he would send a file is waited for. */
const patience = 10 * 60_000;
/** So many files may be awaited at once; whoever asks for more is told to send them, each time he asks. */
const mostAwaited = 100_000;

const tokenPattern = /^[0-9a-f]{64}$/;

/**
 * Files that Galaxy sends once and uses for many jobs. A file is known by the address that sent it and its path there,
 * and only to the holder of the token with which it came.
 */
export class FileCache {
  readonly #directory: string;
  readonly #maximumBytes: number;
  /** Tokens of files that somebody was told to send, with when that was. */
  readonly #awaited = new Map<string, number>();

  /** @param maximumBytes of one file */
  constructor(directory: string, maximumBytes = Number.POSITIVE_INFINITY) {
    this.#directory = directory;
    this.#maximumBytes = maximumBytes;
  }

  /** Whether whoever asks is to send the file: nobody else was told to, or he has not done so in a while. */
  async isRequired(owner: string, address: string, path: string, now: number): Promise<boolean> {
    const token = tokenOf(address, path);
    if (await exists(this.#file(owner, token))) return false;
    const key = `${owner} ${token}`;
    if ((this.#awaited.get(key) ?? Number.NEGATIVE_INFINITY) + patience > now) return false;
    this.#awaited.delete(key);
    this.#forgetAwaited(now);
    if (this.#awaited.size < mostAwaited) this.#awaited.set(key, now);
    return true;
  }

  /** Takes a file. */
  async insert(owner: string, address: string, path: string, body: Readable, size?: number): Promise<void> {
    const token = tokenOf(address, path);
    const target = this.#file(owner, token);
    const temporaryDirectory = join(this.#directory, '.incoming');
    await mkdir(temporaryDirectory, { recursive: true });
    await mkdir(join(this.#directory, directoryName(owner)), { recursive: true });
    const expected = size === undefined ? {} : { expectedBytes: size };
    try {
      const maximumBytes = this.#maximumBytes;
      await receiveFile(body, target, { temporaryDirectory, maximumBytes, ...expected });
    } finally {
      // Had it failed, the next one who asks is told to send it.
      this.#awaited.delete(`${owner} ${token}`);
    }
  }

  /** By which token the file is used, and whether it is here. */
  async status(owner: string, address: string, path: string): Promise<{ token: string; ready: boolean }> {
    const token = tokenOf(address, path);
    return { token, ready: await exists(this.#file(owner, token)) };
  }

  /**
   * Puts a cached file in place, whole or not at all.
   *
   * @throws FrontDoorError `NOT_FOUND`, `BAD_REQUEST`
   */
  async use(owner: string, token: string, target: string, temporary: string): Promise<void> {
    if (!tokenPattern.test(token)) {
      throw new FrontDoorError('BAD_REQUEST', 'cache_token is not as /cache/status has told it');
    }
    const source = this.#file(owner, token);
    try {
      await copyFile(source, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      if (await exists(source)) throw error;
      throw new FrontDoorError('NOT_FOUND', 'nothing is cached under this cache_token');
    }
    const now = new Date();
    await utimes(source, now, now);
  }

  /** Removes what was not used since then. */
  async removeUnused(before: number): Promise<void> {
    const files = await readdir(this.#directory, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of files) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true });
    }
  }

  /** Those that came first stand first. */
  #forgetAwaited(now: number): void {
    for (const [key, since] of this.#awaited) {
      if (since + patience > now) return;
      this.#awaited.delete(key);
    }
  }

  #file(owner: string, token: string): string {
    return join(this.#directory, directoryName(owner), token);
  }
}

/** Pulsar's rule, though nothing depends on it. */
const tokenOf = (address: string, path: string): string =>
  createHash('sha256').update(`IP:${address}:${path}`).digest('hex');

const directoryName = (owner: string): string => Buffer.from(owner).toString('hex') || '-';
