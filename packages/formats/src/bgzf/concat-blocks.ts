import { FormatError } from '../format-error.ts';
import { endOfBlocks, endsWithMarker } from './cut-blocks.ts';
import { endOfFileMarker } from './deflate-blocks.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import type { Piece } from './pieces.ts';

/** Refuses a BGZF file without an end-of-file marker, which most likely was cut off. */
export const expectMarker = async (file: RandomAccessFile): Promise<void> => {
  if (await endsWithMarker(file)) return;
  const text =
    'expected the end-of-file marker of BGZF at the end: the file is most likely incomplete; get it again from where ' +
    'it came from';
  throw new FormatError('MALFORMED', text, { path: file.path, offset: file.size });
};

/**
 * One BGZF file of several, without compressing anything anew: all blocks in order, and one end-of-file marker. What
 * the files hold is joined as it is; see `concatBam` for one that has a header.
 */
export const concatBgzf = async (files: readonly RandomAccessFile[]): Promise<readonly Piece[]> => {
  const pieces: Piece[] = [];
  for (const file of files) {
    await expectMarker(file);
    const length = await endOfBlocks(file);
    if (length > 0) pieces.push({ source: file.path, offset: 0, length });
  }
  return [...pieces, { bytes: endOfFileMarker }];
};
