import type { RandomAccessFile } from '../../src/bgzf/file-cursor.ts';
import type { Piece } from '../../src/bgzf/pieces.ts';

/** A file that is not on a disk. */
export class InMemory implements RandomAccessFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** How many bytes were asked for. */
  read = 0;

  constructor(bytes: Uint8Array, path = 'memory') {
    this.bytes = Buffer.from(bytes);
    this.path = path;
  }

  get size(): number {
    return this.bytes.length;
  }

  async readAt(offset: number, length: number): Promise<Uint8Array> {
    const found = this.bytes.subarray(offset, offset + length);
    this.read += found.length;
    return found;
  }
}

/** The bytes of the file that pieces of such files make. */
export const carriedOut = (pieces: readonly Piece[], ...files: readonly InMemory[]): Buffer =>
  Buffer.concat(
    pieces.map((piece) => {
      if ('bytes' in piece) return piece.bytes;
      const file = files.find(({ path }) => path === piece.source);
      return file?.bytes.subarray(piece.offset, piece.offset + piece.length) ?? Buffer.alloc(0);
    }),
  );
