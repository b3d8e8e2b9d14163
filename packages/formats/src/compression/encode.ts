import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { contentOfBlock, deflateBlock, endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import { encodeGzip } from './encode-gzip.ts';
import { inBlocks, sideBySide } from './side-by-side.ts';

/** The compressions that can be written. */
export type WrittenCompression = 'none' | 'gzip' | 'bgzf' | 'zstd';

/** What {@link encode} takes besides the bytes. */
export interface EncodeOptions {
  /** How hard to compress, in the scale of the compression: 0 to 9 for gzip and BGZF, 1 to 22 for zstd. */
  readonly level?: number | undefined;
}

async function* encodeBgzf(
  chunks: AsyncIterable<Uint8Array>,
  level: number | undefined,
): AsyncGenerator<Uint8Array> {
  yield* sideBySide(inBlocks(chunks, contentOfBlock), (content) => deflateBlock(content, level));
  yield endOfFileMarker;
}

async function* encodeZstd(
  chunks: AsyncIterable<Uint8Array>,
  level: number | undefined,
): AsyncGenerator<Uint8Array> {
  // A checksum, as the program zstd writes it: Node leaves it out unless it is asked for.
  const params: Record<number, number> = { [constants.ZSTD_c_checksumFlag]: 1 };
  if (level !== undefined) params[constants.ZSTD_c_compressionLevel] = level;
  const engine = createZstdCompress({ params });
  const feeding = pipeline(Readable.from(chunks, { objectMode: false }), engine);
  // The engine fails with the same error, which the loop below throws.
  feeding.catch(() => undefined);
  yield* engine;
  await feeding;
}

/**
 * Compresses bytes, however they are cut into chunks, as one file: nothing in, and it is a valid file of no content.
 * Reading what it yields sets the pace.
 */
export const encode = (
  chunks: AsyncIterable<Uint8Array>,
  compression: WrittenCompression,
  options: EncodeOptions = {},
): AsyncIterable<Uint8Array> => {
  if (compression === 'none') return chunks;
  if (compression === 'bgzf') return encodeBgzf(chunks, options.level);
  if (compression === 'gzip') return encodeGzip(chunks, options.level);
  return encodeZstd(chunks, options.level);
};
