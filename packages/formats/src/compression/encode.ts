import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { contentOfBlock, deflateBlock, endOfFileMarker } from '../bgzf/deflate-blocks.ts';

/** The compressions that can be written. */
export type WrittenCompression = 'none' | 'gzip' | 'bgzf' | 'zstd';

/** What {@link encode} takes besides the bytes. */
export interface EncodeOptions {
  /** How hard to compress, in the scale of the compression: 0 to 9 for gzip and BGZF, 1 to 22 for zstd. */
  readonly level?: number | undefined;
}

/** Blocks that are compressed at a time: as many as Node has threads for it, unless told otherwise. */
const blocksAtATime = 4;

/** Cuts chunks of any size into pieces of the size of a block, the last of which may be shorter. */
async function* inBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (let chunk of chunks) {
    while (length + chunk.length >= contentOfBlock) {
      const missing = contentOfBlock - length;
      yield Buffer.concat([...pending, chunk.subarray(0, missing)]);
      chunk = chunk.subarray(missing);
      pending = [];
      length = 0;
    }
    // A copy: whoever gave the chunk may use its memory again.
    if (chunk.length > 0) pending.push(Buffer.from(chunk));
    length += chunk.length;
  }
  if (length > 0) yield Buffer.concat(pending);
}

async function* encodeBgzf(
  chunks: AsyncIterable<Uint8Array>,
  level: number | undefined,
): AsyncGenerator<Uint8Array> {
  const underWay: Promise<Uint8Array>[] = [];
  try {
    for await (const content of inBlocks(chunks)) {
      const block = deflateBlock(content, level);
      // Its failure is thrown when its turn comes; until then it must not count as one nobody cares for.
      block.catch(() => undefined);
      underWay.push(block);
      if (underWay.length >= blocksAtATime) yield await (underWay.shift() as Promise<Uint8Array>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<Uint8Array>);
  } finally {
    await Promise.allSettled(underWay);
  }
  yield endOfFileMarker;
}

async function* through(engine: Transform, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const feeding = pipeline(Readable.from(chunks, { objectMode: false }), engine);
  // The engine fails with the same error, which the loop below throws.
  feeding.catch(() => undefined);
  yield* engine;
  await feeding;
}

const engineFor = (compression: 'gzip' | 'zstd', level: number | undefined): Transform => {
  if (compression === 'gzip') return createGzip(level === undefined ? {} : { level });
  // A checksum, as the program zstd writes it: Node leaves it out unless it is asked for.
  const params: Record<number, number> = { [constants.ZSTD_c_checksumFlag]: 1 };
  if (level !== undefined) params[constants.ZSTD_c_compressionLevel] = level;
  return createZstdCompress({ params });
};

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
  return through(engineFor(compression, options.level), chunks);
};
