import { gunzipSync } from 'node:zlib';
import {
  concatBgzf,
  cutFile,
  FormatError,
  locateContent,
  openSource,
  type Piece,
  type RandomAccessFile,
} from '@galaxy-mesos/formats';

/** No block of BGZF is longer: its size minus one is told in 16 bits. */
const maximalBlockSize = 0x10000;

const blockBegins = Buffer.from([0x1f, 0x8b, 0x08, 0x04]);
const sizeField = Buffer.from([0x42, 0x43, 0x02, 0x00]);

/** Where the blocks with content end. @throws FormatError MALFORMED if there is no end-of-file marker */
const endOfBlocks = async (file: RandomAccessFile): Promise<number> => {
  const [piece] = await concatBgzf([file]);
  return piece !== undefined && 'length' in piece ? piece.length : 0;
};

/**
 * Refuses a file without the end-of-file marker: one that was cut off between two blocks looks complete otherwise.
 * @throws FormatError MALFORMED
 */
export const expectMarker = async (path: string, signal: AbortSignal | undefined): Promise<void> => {
  await using file = await openSource(path, { signal });
  await endOfBlocks(file);
};

/** The blocks of a BGZF file from a place of its content on, without an end-of-file marker, to be copied as they are. */
export const bodyPieces = async (
  path: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<readonly Piece[]> => {
  await using file = await openSource(path, { signal });
  const end = { block: await endOfBlocks(file), within: 0 };
  const [start] = await Array.fromAsync(locateContent(file, [from]));
  if (start === undefined || start.block >= end.block) return [];
  return (await cutFile(file, start, end)).slice(0, -1);
};

/** Where the last block of these bytes begins that reaches to their end. */
const findLastBlock = (bytes: Buffer): number | undefined => {
  for (let at = bytes.lastIndexOf(blockBegins); at >= 0; at = before(bytes, at)) {
    const field = bytes.indexOf(sizeField, at + 12);
    if (field !== -1 && field + 6 <= bytes.length && bytes.readUInt16LE(field + 4) + 1 === bytes.length - at)
      return at;
  }
  return undefined;
};

const before = (bytes: Buffer, at: number): number =>
  at === 0 ? -1 : bytes.lastIndexOf(blockBegins, at - 1);

/** What the blocks of a BGZF file hold, from the last one backwards. */
export async function* blocksBefore(file: RandomAccessFile): AsyncGenerator<Buffer> {
  for (let end = await endOfBlocks(file); end > 0; ) {
    const from = Math.max(0, end - maximalBlockSize);
    const bytes = Buffer.from(await file.readAt(from, end - from));
    const at = findLastBlock(bytes);
    if (at === undefined) throw damaged(file.path, end);
    yield inflated(bytes.subarray(at), file.path, from + at);
    end = from + at;
  }
}

/** The last byte of the content of a BGZF file, of which only the last block is decompressed. */
export const lastByteOf = async (
  path: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> => {
  await using file = await openSource(path, { signal });
  for await (const content of blocksBefore(file)) if (content.length > 0) return content.at(-1);
  return undefined;
};

const inflated = (block: Buffer, path: string, offset: number): Buffer => {
  try {
    return gunzipSync(block, { maxOutputLength: maximalBlockSize });
  } catch (error) {
    throw damaged(path, offset, error);
  }
};

const damaged = (path: string, offset: number, cause?: unknown): FormatError => {
  const text = 'the last BGZF block is damaged; get the file again from where it came from';
  return new FormatError('MALFORMED', text, { path, offset }, { cause });
};
