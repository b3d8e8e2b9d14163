import { maximalBlockSize } from './block-header.ts';
import { contentOf, loadBlock } from './block-windows.ts';
import type { RandomAccessFile } from './file-cursor.ts';

/** A block, decompressed. */
export interface InflatedBlock {
  /** Where it begins, and where the next one does, in bytes from the beginning of the file. */
  readonly offset: number;
  readonly next: number;
  readonly content: Uint8Array;
}

/** Where one place is looked for, and the file is cut there, the same two or three blocks are asked for. */
const kept = 8;

/**
 * The blocks of a file, read one by one where somebody needs them; the few that were needed last are kept. Only one may
 * be asked for at a time.
 */
export class BlockCache {
  readonly file: RandomAccessFile;
  /** The one that was needed last is the last. */
  /** Compressed blocks come here one after the other: memory for each would fill that of the process between two collections. */
  readonly #memory = Buffer.allocUnsafeSlow(maximalBlockSize);
  readonly #blocks = new Map<number, InflatedBlock>();

  constructor(file: RandomAccessFile) {
    this.file = file;
  }

  /** The block that begins at `offset`. */
  async at(offset: number): Promise<InflatedBlock> {
    const known = this.#blocks.get(offset);
    const block = known ?? (await this.#load(offset));
    this.#blocks.delete(offset);
    this.#blocks.set(offset, block);
    return block;
  }

  /** The blocks from one on to `end`. */
  async *from(offset: number, end: number): AsyncGenerator<InflatedBlock, undefined> {
    for (let at = offset; at < end; ) {
      const block = await this.at(at);
      yield block;
      at = block.next;
    }
    return undefined;
  }

  async #load(offset: number): Promise<InflatedBlock> {
    const block = await loadBlock(this.file, offset, this.#memory);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < kept) break;
      this.#blocks.delete(oldest);
    }
    return { offset, next: offset + block.bytes.length, content: contentOf(this.file, block) };
  }
}
