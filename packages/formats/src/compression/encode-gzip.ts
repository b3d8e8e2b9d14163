import { constants, crc32, deflateRaw } from 'node:zlib';
import { inBlocks, sideBySide } from './side-by-side.ts';

/** So much that it costs nothing that a block knows nothing of the one before. */
const contentOfBlock = 512 * 1024;

/** Without a name or a time, made on Unix. */
const header = Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3]);

/** The last block of the compressed data, which is empty. */
const lastBlock = [3, 0];

/** Compresses bytes into blocks that others may follow, on another thread. */
const deflatePart = (content: Uint8Array, level: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const options = { level, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: contentOfBlock / 2 };
    deflateRaw(content, options, (error, compressed) => {
      if (error === null) resolve(compressed);
      else reject(error);
    });
  });

const trailerOf = (crc: number, length: number): Uint8Array => {
  const trailer = Buffer.alloc(lastBlock.length + 8);
  trailer.set(lastBlock);
  trailer.writeUInt32LE(crc, lastBlock.length);
  trailer.writeUInt32LE(length % 2 ** 32, lastBlock.length + 4);
  return trailer;
};

/** Compresses bytes into one member of gzip, by several threads. */
export async function* encodeGzip(
  chunks: AsyncIterable<Uint8Array>,
  level: number = constants.Z_DEFAULT_COMPRESSION,
): AsyncGenerator<Uint8Array> {
  let crc = 0;
  let length = 0;
  const compress = (content: Uint8Array): Promise<Uint8Array> => {
    crc = crc32(content, crc);
    length += content.length;
    return deflatePart(content, level);
  };
  yield header;
  yield* sideBySide(inBlocks(chunks, contentOfBlock), compress);
  yield trailerOf(crc, length);
}
