import { FormatError } from '../format-error.ts';
import { scanBlocks } from './block-windows.ts';
import { blocksOf, cutFile } from './cut-blocks.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import type { Piece } from './pieces.ts';
import type { VirtualOffset } from './virtual-offset.ts';

/**
 * Where places of the decompressed content are in the file, for places in rising order (the end counts as one). The
 * headers of the blocks are read up to the last of them, and nothing is kept.
 * @throws FormatError OUT_OF_RANGE if the content has no such place
 */
export async function* locateContent(
  file: RandomAccessFile,
  places: Iterable<number> | AsyncIterable<number>,
): AsyncGenerator<VirtualOffset> {
  const blocks = oneByOne(file);
  let block = await blocks.next();
  let end = { at: 0, block: 0 };
  for await (const place of places) {
    while (block.done !== true && place >= block.value.contentOffset + block.value.contentSize) {
      const { offset, size, contentOffset, contentSize } = block.value;
      end = { at: contentOffset + contentSize, block: offset + size };
      block = await blocks.next();
    }
    if (block.done !== true) yield { block: block.value.offset, within: place - block.value.contentOffset };
    else if (place === end.at) yield { block: end.block, within: 0 };
    else throw outside(file, place, end.at);
  }
}

async function* oneByOne(file: RandomAccessFile) {
  for await (const blocks of scanBlocks(file)) yield* blocks;
}

const outside = ({ path }: RandomAccessFile, place: number, size: number): FormatError =>
  new FormatError('OUT_OF_RANGE', `holds ${size} bytes, so that there is no byte ${place}`, { path });

const noBytes = new Uint8Array(0);

/** What stands before and behind each stretch that is cut out, decompressed. */
export interface Surroundings {
  readonly header?: Uint8Array;
  readonly footer?: Uint8Array;
}

/**
 * Cuts the content of a BGZF file at these places, in rising order: yields one BGZF file for each two that follow each
 * other, between the same header and footer. Blocks are copied as they are, but for those in which a cut falls.
 */
export async function* cutContent(
  file: RandomAccessFile,
  places: Iterable<number> | AsyncIterable<number>,
  { header = noBytes, footer = noBytes }: Surroundings = {},
): AsyncGenerator<readonly Piece[]> {
  const frame = { header: blocksOf(header), footer: blocksOf(footer) };
  let from: VirtualOffset | undefined;
  for await (const to of locateContent(file, places)) {
    if (from !== undefined) yield await cutFile(file, from, to, frame);
    from = to;
  }
}
