import type { BlockCache, InflatedBlock } from './block-cache.ts';
import { blockWindows, contentOf } from './block-windows.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import type { VirtualOffset } from './virtual-offset.ts';

const newline = 0x0a;

/** Reads the decompressed content of a BGZF file forwards from a virtual offset, and knows where it is. */
export class ContentReader {
  readonly #blocks: AsyncGenerator<InflatedBlock>;
  #content: Uint8Array = new Uint8Array(0);
  /** Where the present block begins and how far into it the reader is. */
  #block: number;
  #within: number;
  #next: number;

  /** Reads the file in large windows, or block by block where there is a cache in which they may be. */
  constructor(
    file: RandomAccessFile,
    from: VirtualOffset = { block: 0, within: 0 },
    end = file.size,
    cache?: BlockCache,
  ) {
    this.#blocks = cache?.from(from.block, end) ?? oneByOne(file, from.block, end);
    this.#block = from.block;
    this.#next = from.block;
    this.#within = from.within;
  }

  /** Where the next byte is. At the end of a block, that is the beginning of the one that follows. */
  get position(): VirtualOffset {
    if (this.#within < this.#content.length || this.#block === this.#next) {
      return { block: this.#block, within: this.#within };
    }
    return { block: this.#next, within: this.#within - this.#content.length };
  }

  /** The next bytes: `length` of them, or fewer at the end. Takes memory only for what there is. */
  async take(length: number): Promise<Buffer> {
    const found: Uint8Array[] = [];
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const bytes = this.#content.subarray(this.#within, this.#within + missing);
      found.push(bytes);
      this.#within += bytes.length;
      missing -= bytes.length;
    }
    const [first] = found;
    return first !== undefined && found.length === 1
      ? Buffer.from(first.buffer, first.byteOffset, first.length)
      : Buffer.concat(found);
  }

  /** Passes over bytes; answers how many there were, which is fewer than `length` only at the end. */
  async skip(length: number): Promise<number> {
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const passed = Math.min(missing, this.#content.length - this.#within);
      this.#within += passed;
      missing -= passed;
    }
    return length - missing;
  }

  /**
   * Passes over a line and its line feed; answers the first `keep` bytes of it, without the line feed. `undefined` at the
   * end.
   */
  async takeLine(keep: number): Promise<Buffer | undefined> {
    const found: Uint8Array[] = [];
    let missing = keep;
    let started = false;
    while (await this.#fill()) {
      started = true;
      const lineFeed = this.#content.indexOf(newline, this.#within);
      const end = lineFeed === -1 ? this.#content.length : lineFeed;
      const kept = this.#content.subarray(this.#within, Math.min(end, this.#within + missing));
      found.push(kept);
      missing -= kept.length;
      this.#within = lineFeed === -1 ? end : end + 1;
      if (lineFeed !== -1) break;
    }
    return started ? Buffer.concat(found) : undefined;
  }

  /** Whether there is no next byte. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  /** Sees to it that there is a next byte; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#within >= this.#content.length) {
      const { value: block, done } = await this.#blocks.next();
      if (done === true) return false;
      // Before the first block there is no content, and the place within it is that of the beginning.
      this.#within -= this.#content.length;
      this.#content = block.content;
      this.#block = block.offset;
      this.#next = block.next;
    }
    return true;
  }
}

async function* oneByOne(
  file: RandomAccessFile,
  from: number,
  end: number,
): AsyncGenerator<InflatedBlock, undefined> {
  for await (const blocks of blockWindows(file, from, end)) {
    for (const block of blocks) {
      const { offset, bytes } = block;
      yield { offset, next: offset + bytes.length, content: contentOf(file, block) };
    }
  }
  return undefined;
}
