import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from '../code-of.ts';

const blockBytes = 256 * 1024;

/** Compares files, one pair after the other, with the same memory for all of them. */
export class SameBytes {
  readonly #left = Buffer.alloc(blockBytes);
  readonly #right = Buffer.alloc(blockBytes);
  #turn: Promise<unknown> = Promise.resolve();

  /** Whether two files hold the same; one that is not there holds nothing that anything else does. */
  haveSame(one: string, other: string): Promise<boolean> {
    const answer = this.#turn.then(() => this.#compare(one, other));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #compare(one: string, other: string): Promise<boolean> {
    await using first = await openIfThere(one);
    await using second = await openIfThere(other);
    if (!first || !second || (await first.stat()).size !== (await second.stat()).size) return false;
    for (;;) {
      const { bytesRead } = await first.read(this.#left);
      if (bytesRead === 0) return true;
      await readFully(second, this.#right, bytesRead);
      if (!this.#left.subarray(0, bytesRead).equals(this.#right.subarray(0, bytesRead))) return false;
    }
  }
}

async function readFully(handle: FileHandle, buffer: Buffer, length: number): Promise<void> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

/** What is not there, or not for the user whose job it is, who has not made it then. */
const nothing: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);

/** @throws Error if it is there and cannot be opened: it may be equal all the same */
const openIfThere = (file: string): Promise<FileHandle | undefined> =>
  open(file, 'r').catch((error: unknown) => {
    if (!nothing.has(codeOf(error))) throw error;
    return undefined;
  });
