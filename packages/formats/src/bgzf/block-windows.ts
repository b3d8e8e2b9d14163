import { type BlockHeader, maximalBlockSize, readBlockHeader } from './block-header.ts';
import { FileCursor, type RandomAccessFile } from './file-cursor.ts';
import { inflateBlock, inflatedSize } from './inflate-block.ts';

/** A block of a BGZF file as it stands in memory. */
export interface LoadedBlock {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly offset: number;
  /** All of it, compressed. */
  readonly bytes: Uint8Array;
  readonly header: BlockHeader;
}

const cutOff = (cursor: FileCursor): Error => {
  const text =
    cursor.end < cursor.file.size
      ? `expected a BGZF block to end at byte ${cursor.end}, but this one does not`
      : 'the file ends within the BGZF block that begins here: it is incomplete; get it again from where it came from';
  return cursor.malformed(text, cursor.offset);
};

/**
 * Reads whole blocks from `from` on, where one must begin, to `end`, where one must end; about 1 MiB of the file at a
 * time.
 * @throws FormatError MALFORMED if there is something else than a block, or the last one is not complete
 */
export async function* blockWindows(
  file: RandomAccessFile,
  from = 0,
  end = file.size,
): AsyncGenerator<readonly LoadedBlock[]> {
  const cursor = new FileCursor(file, from, end);
  while (!cursor.atEnd) {
    const window = await cursor.peek(maximalBlockSize);
    const blocks: LoadedBlock[] = [];
    for (let at = 0; at < window.length; ) {
      const header = readBlockHeader(window, at);
      if (header === undefined) throw noBlock(cursor);
      if (header === 'short' || at + header.size > window.length) break;
      blocks.push({ offset: cursor.offset, bytes: window.subarray(at, at + header.size), header });
      at += header.size;
      cursor.offset += header.size;
    }
    // The window had room for any block, so that only the end can have cut one off.
    if (blocks.length === 0) throw cutOff(cursor);
    yield blocks;
  }
}

const noBlock = (cursor: FileCursor): Error =>
  cursor.malformed(
    cursor.offset === 0
      ? 'expected a BGZF file, as bgzip and samtools write it; this is not one'
      : 'expected a BGZF block to begin here: the file is damaged; get it again from where it came from',
    cursor.offset,
  );

/** What the headers tell of a block. */
export interface BlockEntry {
  /** Where it begins, in bytes from the beginning of the file. */
  readonly offset: number;
  /** Compressed, in bytes. */
  readonly size: number;
  /** Where its content begins, in bytes from the beginning of the content of the file. */
  readonly contentOffset: number;
  /** Decompressed, in bytes. */
  readonly contentSize: number;
}

/**
 * The blocks of a file in order, in batches, without decompressing any: what a block claims to hold is taken as it is.
 */
export async function* scanBlocks(file: RandomAccessFile): AsyncGenerator<readonly BlockEntry[]> {
  let contentOffset = 0;
  for await (const blocks of blockWindows(file)) {
    yield blocks.map(({ offset, bytes }) => {
      const entry = { offset, size: bytes.length, contentOffset, contentSize: inflatedSize(bytes) };
      contentOffset += entry.contentSize;
      return entry;
    });
  }
}

/** Decompresses a block that is in memory; says where it is, if it is damaged. */
export const contentOf = (file: RandomAccessFile, { bytes, header, offset }: LoadedBlock): Uint8Array =>
  inflateBlock(bytes, header, { path: file.path, offset });

/** Reads the one block that begins at `offset`; into `memory` of the greatest size that a block has, if it is given. */
export const loadBlock = async (
  file: RandomAccessFile,
  offset: number,
  memory?: Buffer,
): Promise<LoadedBlock> => {
  const size = Math.max(0, Math.min(maximalBlockSize, file.size - offset));
  const bytes = await file.readAt(offset, size, memory);
  const header = readBlockHeader(bytes);
  if (header === undefined) throw noBlock(new FileCursor(file, offset));
  if (header === 'short' || header.size > bytes.length) throw cutOff(new FileCursor(file, offset));
  return { offset, bytes: bytes.subarray(0, header.size), header };
};
