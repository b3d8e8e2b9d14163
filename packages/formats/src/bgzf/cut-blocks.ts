import { FormatError } from '../format-error.ts';
import { BlockCache, type InflatedBlock } from './block-cache.ts';
import { deflateBlocks, endOfFileMarker } from './deflate-blocks.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import type { Piece } from './pieces.ts';
import { compareVirtualOffsets, type VirtualOffset } from './virtual-offset.ts';

const isMarkerBefore = async (file: RandomAccessFile, end: number): Promise<boolean> => {
  const from = end - endOfFileMarker.length;
  return from >= 0 && Buffer.compare(await file.readAt(from, endOfFileMarker.length), endOfFileMarker) === 0;
};

/** Whether the file ends with the end-of-file marker: one that does not may have lost its end. */
export const endsWithMarker = (file: RandomAccessFile): Promise<boolean> => isMarkerBefore(file, file.size);

/** Where the blocks with content end: before the end-of-file marker, of which some programs leave more than one. */
export const endOfBlocks = async (file: RandomAccessFile): Promise<number> => {
  let end = file.size;
  while (await isMarkerBefore(file, end)) end -= endOfFileMarker.length;
  return end;
};

/** The block of a virtual offset, which must lie within it or at its end. */
const contentAround = async (blocks: BlockCache, at: VirtualOffset): Promise<InflatedBlock> => {
  const block = await blocks.at(at.block);
  if (at.within <= block.content.length) return block;
  const text = `expected at least ${at.within} bytes in the BGZF block here, found ${block.content.length}; does the index belong to this file?`;
  throw new FormatError('MALFORMED', text, { path: blocks.file.path, offset: at.block });
};

/** What is compressed here is read once and thrown away: time counts more than its size. */
const level = 1;

const torn = (content: Uint8Array): Piece[] => deflateBlocks(content, level).map((bytes) => ({ bytes }));

/**
 * The BGZF blocks of a stretch of the content, without an end-of-file marker: whole blocks as ranges of the file, to be
 * copied as they are, and only the torn ones at the two ends compressed anew. Reads no other blocks than these two;
 * whoever cuts often gives the cache in which they may be.
 */
export const cutBlocks = async (
  file: RandomAccessFile,
  from: VirtualOffset,
  to: VirtualOffset,
  blocks = new BlockCache(file),
): Promise<readonly Piece[]> => {
  if (compareVirtualOffsets(from, to) >= 0) return [];
  if (from.block === to.block) {
    const { content } = await contentAround(blocks, to);
    return torn(content.subarray(from.within, to.within));
  }
  const pieces: Piece[] = [];
  let offset = from.block;
  if (from.within > 0) {
    const { content, next } = await contentAround(blocks, from);
    pieces.push(...torn(content.subarray(from.within)));
    offset = next;
  }
  if (offset > to.block) throw disagree(file, to);
  if (offset < to.block) pieces.push({ source: file.path, offset, length: to.block - offset });
  if (to.within > 0) {
    const { content } = await contentAround(blocks, to);
    pieces.push(...torn(content.subarray(0, to.within)));
  }
  return pieces;
};

const disagree = (file: RandomAccessFile, to: VirtualOffset): FormatError =>
  new FormatError('MALFORMED', 'expected a BGZF block to begin here; does the index belong to this file?', {
    path: file.path,
    offset: to.block,
  });

/** What stands before and behind the stretch that is cut out, in blocks of BGZF. */
export interface BlockFrame {
  readonly header?: readonly Piece[];
  readonly footer?: readonly Piece[];
}

/** Bytes as blocks of BGZF, such as a header: it is compressed once for all the stretches that it stands before. */
export const blocksOf = (content: Uint8Array): readonly Piece[] => torn(content);

/** A BGZF file of a stretch of another one: its header, the stretch, its footer, and the end-of-file marker. */
export const cutFile = async (
  file: RandomAccessFile,
  from: VirtualOffset,
  to: VirtualOffset,
  { header = [], footer = [] }: BlockFrame = {},
): Promise<readonly Piece[]> => [
  ...header,
  ...(await cutBlocks(file, from, to)),
  ...footer,
  { bytes: endOfFileMarker },
];
