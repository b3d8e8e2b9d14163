import { createZstdDecompress } from 'node:zlib';
import type { FileCursor } from '../bgzf/file-cursor.ts';
import type { Decoding } from './decode-gzip.ts';
import { throughEngine } from './engine.ts';

const outputSize = 256 * 1024;

/**
 * Decompresses zstd: all frames, and those to be skipped. Each frame has an engine of its own, because that of Node
 * ends with a frame and says nothing of what follows.
 */
export async function* decodeZstd(cursor: FileCursor, decoding: Decoding): AsyncGenerator<Uint8Array> {
  while (!cursor.atEnd) {
    const start = cursor.offset;
    yield* throughEngine(createZstdDecompress({ chunkSize: outputSize }), cursor, decoding.consumed);
    if (cursor.offset === start) throw cursor.malformed('expected a zstd frame here', start);
  }
}
