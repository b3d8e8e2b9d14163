import { crc32, createInflateRaw } from 'node:zlib';
import { type BlockHeader, maximalBlockSize, readBlockHeader, uint32 } from '../bgzf/block-header.ts';
import type { FileCursor } from '../bgzf/file-cursor.ts';
import { inflateBlock } from '../bgzf/inflate-block.ts';
import { throughEngine, truncated } from './engine.ts';
import { gzipHeaderSize, maximalGzipHeaderSize } from './gzip-header.ts';

/** What a decoder is told besides where to read. */
export interface Decoding {
  /** So many bytes of the file were needed for what was yielded so far. */
  consumed(offset: number): void;
  /** Ends in silence where something else follows a gzip member than another one, or zero bytes to the end. */
  readonly ignoreTrailingGarbage?: boolean;
}

const garbage =
  'expected another gzip member or the end of the file, found something else: either the file is damaged here, or ' +
  'something was appended that does not belong to it (which gzip passes over with a warning)';

const outputSize = 256 * 1024;

/**
 * Decompresses gzip and BGZF, which may follow one another: all members, and zero bytes as padding after the last one.
 */
export async function* decodeGzip(cursor: FileCursor, decoding: Decoding): AsyncGenerator<Uint8Array> {
  while (!cursor.atEnd) {
    const bytes = await cursor.peek(maximalBlockSize);
    const block = readBlockHeader(bytes);
    if (typeof block === 'object') {
      const content = wholeBlock(bytes, block, cursor);
      decoding.consumed(cursor.offset);
      if (content.length > 0) yield content;
    } else if (gzipHeaderSize(bytes) !== undefined) {
      yield* decodeMember(cursor, decoding);
    } else {
      await passPadding(cursor, decoding);
      return;
    }
  }
}

const wholeBlock = (bytes: Uint8Array, header: BlockHeader, cursor: FileCursor): Uint8Array => {
  if (header.size > bytes.length) throw truncated(cursor);
  const place = { path: cursor.file.path, offset: cursor.offset };
  const content = inflateBlock(bytes.subarray(0, header.size), header, place);
  cursor.offset += header.size;
  return content;
};

async function* decodeMember(cursor: FileCursor, decoding: Decoding): AsyncGenerator<Uint8Array> {
  const start = cursor.offset;
  const size = gzipHeaderSize(await cursor.peek(maximalGzipHeaderSize));
  if (typeof size !== 'number') throw unfinishedHeader(cursor);
  cursor.offset += size;
  let crc = 0;
  let length = 0;
  const engine = createInflateRaw({ chunkSize: outputSize });
  for await (const chunk of throughEngine(engine, cursor, decoding.consumed)) {
    crc = crc32(chunk, crc);
    length += chunk.length;
    yield chunk;
  }
  await checkTrailer(cursor, start, crc, length);
  decoding.consumed(cursor.offset);
}

const unfinishedHeader = (cursor: FileCursor): Error =>
  cursor.end - cursor.offset < maximalGzipHeaderSize
    ? truncated(cursor)
    : cursor.malformed('the gzip member that begins here has a header without end', cursor.offset);

async function checkTrailer(cursor: FileCursor, start: number, crc: number, length: number): Promise<void> {
  const trailer = await cursor.peek(8);
  if (trailer.length < 8) throw truncated(cursor);
  const sameCrc = uint32(trailer, 0) === crc;
  if (sameCrc && uint32(trailer, 4) === length % 2 ** 32) {
    cursor.offset += 8;
    return;
  }
  const what = sameCrc ? 'size' : 'CRC-32';
  const text = `what the gzip member from byte ${start} on holds does not have the ${what} that is told here`;
  throw cursor.malformed(`${text}; get the file again from where it came from`, cursor.offset);
}

async function passPadding(cursor: FileCursor, decoding: Decoding): Promise<void> {
  const start = cursor.offset;
  while (!cursor.atEnd) {
    const bytes = await cursor.peek(1);
    if (bytes.some((byte) => byte !== 0)) {
      if (decoding.ignoreTrailingGarbage === true) return;
      throw cursor.malformed(garbage, start);
    }
    cursor.offset += bytes.length;
  }
  decoding.consumed(cursor.offset);
}
