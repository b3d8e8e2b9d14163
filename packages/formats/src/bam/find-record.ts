import { blockWindows, contentOf, type LoadedBlock } from '../bgzf/block-windows.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import { findBlock } from '../bgzf/find-block.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import type { BamReference } from './bam-header.ts';
import { fixedRecordSize, plausibleRecordSize } from './bam-record.ts';

/** A chain of so many plausible records is no accident; of long ones, some that take so many bytes are enough. */
const provingRecords = 8;
const provingLongRecords = 3;
const provingSize = 1024 * 1024;

/** Reads of this size (some 30 million bases) do not exist yet; a chain is not followed, and none sought, for longer. */
const maximalRecordSize = 64 * 1024 * 1024;

/** The content from a block on, loaded as far as somebody needs it. */
class GrowingContent {
  readonly #file: RandomAccessFile;
  readonly #blocks: AsyncGenerator<LoadedBlock>;
  readonly #starts: { readonly block: number; readonly at: number }[] = [];
  #memory = Buffer.alloc(0);
  #length = 0;
  complete = false;

  constructor(file: RandomAccessFile, from: number, end: number) {
    this.#file = file;
    this.#blocks = oneByOne(file, from, end);
  }

  /** What is loaded. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** Sees to it that `length` bytes are loaded, or all there are. */
  async reach(length: number): Promise<void> {
    while (this.#length < length && !this.complete) {
      const { value: block, done } = await this.#blocks.next();
      if (done === true) this.complete = true;
      else this.#append(block.offset, contentOf(this.#file, block));
    }
  }

  locate(place: number): VirtualOffset {
    const start = this.#starts.findLast(({ at }) => at <= place) ?? { block: 0, at: 0 };
    return { block: start.block, within: place - start.at };
  }

  #append(block: number, content: Uint8Array): void {
    const length = this.#length + content.length;
    if (length > this.#memory.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#memory.length, length, 256 * 1024));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(content, this.#length);
    if (content.length > 0) this.#starts.push({ block, at: this.#length });
    this.#length = length;
  }
}

async function* oneByOne(file: RandomAccessFile, from: number, end: number) {
  for await (const blocks of blockWindows(file, from, end)) yield* blocks;
  return undefined;
}

const isProven = (records: number, size: number): boolean =>
  records >= provingRecords || (records >= provingLongRecords && size >= provingSize);

/** Whether plausible records follow one another from `start` on: enough of them, or to the very end of the file. */
async function isChain(
  content: GrowingContent,
  start: number,
  references: readonly BamReference[],
): Promise<boolean> {
  let at = start;
  for (let records = 0; !isProven(records, at - start); records += 1) {
    await content.reach(at + fixedRecordSize + 0xff);
    if (content.complete && at === content.bytes.length) return true;
    if (at + fixedRecordSize > content.bytes.length) return false;
    const size = plausibleRecordSize(content.bytes, at, references);
    if (size === undefined || size > maximalRecordSize) return false;
    at += size;
  }
  return true;
}

/**
 * Where a record of a BAM file begins in a block at or behind a place of the file, without an index and without reading
 * what precedes: the first place from which plausible records follow one another. `undefined` if none begins before
 * `end`, which is where the blocks with content end.
 *
 * This is a conjecture, though a strong one, and it cannot lose reads unnoticed: were it wrong, the part before it
 * would end within a record, which every program refuses that reads it. To be certain beforehand, use `scanBam`.
 */
export const findRecord = async (
  file: RandomAccessFile,
  references: readonly BamReference[],
  from: number,
  end: number,
): Promise<VirtualOffset | undefined> => {
  const block = await findBlock(file, from, end);
  if (block === undefined) return undefined;
  const content = new GrowingContent(file, block, end);
  for (let at = 0; at < maximalRecordSize; at += 1) {
    if (at + fixedRecordSize + 0xff > content.bytes.length) await content.reach(at + provingSize / 4);
    if (at + fixedRecordSize > content.bytes.length) return undefined;
    if (plausibleRecordSize(content.bytes, at, references) === undefined) continue;
    if (await isChain(content, at, references)) return content.locate(at);
  }
  return undefined;
};
