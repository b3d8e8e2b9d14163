import { FormatError } from '../format-error.ts';
import { maximalBlockSize, readBlockHeader } from './block-header.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import { inflateBlock } from './inflate-block.ts';

const magic = Buffer.from([0x1f, 0x8b, 0x08, 0x04]);

const isWholeBlock = (bytes: Uint8Array, at: number): boolean => {
  const header = readBlockHeader(bytes, at);
  if (typeof header !== 'object' || at + header.size > bytes.length) return false;
  try {
    inflateBlock(bytes.subarray(at, at + header.size), header);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
};

/**
 * Where the first BGZF block begins at or behind a place of the file; `undefined` if none does before `end`. What looks
 * like the header of a block is decompressed: its CRC-32 shows that it is one.
 * @throws FormatError MALFORMED if no block begins within as many bytes as the largest one has
 */
export const findBlock = async (
  file: RandomAccessFile,
  from: number,
  end = file.size,
): Promise<number | undefined> => {
  const bytes = Buffer.from(await file.readAt(from, Math.min(2 * maximalBlockSize, Math.max(0, end - from))));
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    if (isWholeBlock(bytes, at)) return from + at;
  }
  if (bytes.length < 2 * maximalBlockSize) return undefined;
  const text = 'expected a BGZF block to begin within 64 KiB of here: the file is damaged';
  throw new FormatError('MALFORMED', text, { path: file.path, offset: from });
};
