import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** More than a job has inputs; each takes some 200 bytes. */
const remembered = 50_000;

/** Large enough that hashing takes longer than asking for the next piece. */
const pieceBytes = 1024 * 1024;

/**
 * A file that was changed as lately as this may be changed once more, and tell the same time of it: Linux counts time
 * by up to 10 ms for files, and some file systems by 2 s.
 */
const settledMilliseconds = 2500;

/** Checksums of files, each computed once as long as the file stays as it is. */
export class Checksums {
  readonly #known = new Map<string, string>();

  /** The SHA-256 of an open file in hexadecimal; reads it from the beginning. */
  async of(handle: FileHandle): Promise<string> {
    const before = await handle.stat();
    const isSettled = Date.now() - before.ctimeMs > settledMilliseconds;
    const known = this.#known.get(keyOf(before));
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(1, before.size)));
    let position = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, position);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      position += bytesRead;
    }
    const sha256 = hash.digest('hex');
    if (isSettled && keyOf(await handle.stat()) === keyOf(before)) this.remember(before, sha256);
    return sha256;
  }

  /** Keeps one that somebody has computed while the bytes passed by, of a file that nobody else changes. */
  remember(file: Stats, sha256: string): void {
    if (this.#known.size >= remembered) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(keyOf(file), sha256);
  }
}

/** Another one after every change of the file that is not as good as at the same time as the one before. */
const keyOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string =>
  `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
