import type { BlockEntry } from '../bgzf/block-windows.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import { IndexBytes, loadIndex } from './index-bytes.ts';

/** Where a block begins, in the file and in its decompressed content. */
export type BlockStart = Pick<BlockEntry, 'offset' | 'contentOffset'>;

/** Reads a `.gzi` index, as `bgzip --reindex` writes it: every block, the first one at 0 included. */
export const parseGzi = (content: Buffer, path?: string): readonly BlockStart[] => {
  const bytes = new IndexBytes(content, path);
  const count = bytes.uint64();
  if (count * 16 > bytes.left)
    throw bytes.malformed(`the index claims ${count} blocks, for which it is too short`);
  const starts: BlockStart[] = [{ offset: 0, contentOffset: 0 }];
  for (let index = 0; index < count; index += 1) {
    const start = { offset: bytes.uint64(), contentOffset: bytes.uint64() };
    const before = starts.at(-1);
    if (
      before !== undefined &&
      (start.offset <= before.offset || start.contentOffset < before.contentOffset)
    ) {
      throw bytes.malformed('the index is not in rising order: make it anew');
    }
    starts.push(start);
  }
  return starts;
};

/** Reads the `.gzi` index at this path. */
export const readGzi = async (path: string): Promise<readonly BlockStart[]> =>
  parseGzi(await loadIndex(path), path);

/** Writes a `.gzi` index of blocks as `bgzip` does, which leaves out the first one. */
export const writeGzi = (blocks: readonly BlockStart[]): Buffer => {
  const listed = blocks.filter(({ offset }) => offset > 0);
  const bytes = Buffer.alloc(8 + 16 * listed.length);
  bytes.writeBigUInt64LE(BigInt(listed.length));
  for (const [index, { offset, contentOffset }] of listed.entries()) {
    bytes.writeBigUInt64LE(BigInt(offset), 8 + 16 * index);
    bytes.writeBigUInt64LE(BigInt(contentOffset), 16 + 16 * index);
  }
  return bytes;
};

/** The last block that begins at or before a place of the content: it holds the place, if any does. */
export const blockAt = (starts: readonly BlockStart[], place: number): BlockStart => {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle]?.contentOffset ?? 0) <= place) low = middle;
    else high = middle;
  }
  const found = starts[low];
  if (found === undefined || place < found.contentOffset) {
    throw new FormatError('OUT_OF_RANGE', `no block of the index holds byte ${place}`);
  }
  return found;
};

/** Where a place of the content is in the file, for `cutFile`: what `locateContent` finds, without reading the file. */
export const locateByGzi = (starts: readonly BlockStart[], place: number): VirtualOffset => {
  const { offset, contentOffset } = blockAt(starts, place);
  return { block: offset, within: place - contentOffset };
};
