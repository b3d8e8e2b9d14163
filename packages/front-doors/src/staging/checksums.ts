import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** More than a job has inputs; each takes some 200 bytes. */
const remembered = 50_000;

/** Large enough that hashing takes longer than asking for the next piece. */
const pieceBytes = 1024 * 1024;

/** Checksums of files, each computed once as long as the file stays as it is. */
export class Checksums {
  readonly #known = new Map<string, string>();

  /** The SHA-256 of an open file in hexadecimal; reads it from the beginning. */
  async of(handle: FileHandle): Promise<string> {
    const before = await handle.stat();
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
    if (keyOf(await handle.stat()) === keyOf(before)) this.remember(before, sha256);
    return sha256;
  }

  /** Keeps one that somebody has computed while the bytes passed by. */
  remember(file: Stats, sha256: string): void {
    if (this.#known.size >= remembered) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(keyOf(file), sha256);
  }
}

/** Another one after every change of the file. */
const keyOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string =>
  `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
