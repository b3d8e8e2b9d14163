import { FormatError } from '../format-error.ts';
import { contentOf, loadBlock } from './block-windows.ts';
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

/** Decompresses the block of a virtual offset, which must lie within it or at its end. */
const contentAround = async (file: RandomAccessFile, at: VirtualOffset) => {
  const block = await loadBlock(file, at.block);
  const content = contentOf(file, block);
  if (at.within <= content.length) return { content, next: at.block + block.bytes.length };
  const text = `expected at least ${at.within} bytes in the BGZF block here, found ${content.length}; does the index belong to this file?`;
  throw new FormatError('MALFORMED', text, { path: file.path, offset: at.block });
};

const torn = (content: Uint8Array): Piece[] => deflateBlocks(content).map((bytes) => ({ bytes }));

/**
 * The BGZF blocks of a stretch of the content, without an end-of-file marker: whole blocks as ranges of the file, to be
 * copied as they are, and only the torn ones at the two ends compressed anew. Reads no other blocks than these two.
 */
export const cutBlocks = async (
  file: RandomAccessFile,
  from: VirtualOffset,
  to: VirtualOffset,
): Promise<readonly Piece[]> => {
  if (compareVirtualOffsets(from, to) >= 0) return [];
  if (from.block === to.block) {
    const { content } = await contentAround(file, to);
    return torn(content.subarray(from.within, to.within));
  }
  const pieces: Piece[] = [];
  let offset = from.block;
  if (from.within > 0) {
    const { content, next } = await contentAround(file, from);
    pieces.push(...torn(content.subarray(from.within)));
    offset = next;
  }
  if (offset > to.block) throw disagree(file, to);
  if (offset < to.block) pieces.push({ source: file.path, offset, length: to.block - offset });
  if (to.within > 0) {
    const { content } = await contentAround(file, to);
    pieces.push(...torn(content.subarray(0, to.within)));
  }
  return pieces;
};

const disagree = (file: RandomAccessFile, to: VirtualOffset): FormatError =>
  new FormatError('MALFORMED', 'expected a BGZF block to begin here; does the index belong to this file?', {
    path: file.path,
    offset: to.block,
  });

/** What stands before and behind the stretch that is cut out, decompressed. */
export interface Surroundings {
  readonly header?: Uint8Array;
  readonly footer?: Uint8Array;
}

/** A BGZF file of a stretch of another one: its header, the stretch, its footer, and the end-of-file marker. */
export const cutFile = async (
  file: RandomAccessFile,
  from: VirtualOffset,
  to: VirtualOffset,
  { header, footer }: Surroundings = {},
): Promise<readonly Piece[]> => [
  ...(header === undefined ? [] : torn(header)),
  ...(await cutBlocks(file, from, to)),
  ...(footer === undefined ? [] : torn(footer)),
  { bytes: endOfFileMarker },
];
