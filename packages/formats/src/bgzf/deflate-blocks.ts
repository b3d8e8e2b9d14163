import { constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';
import { trailerSize } from './block-header.ts';

/** As many bytes as bgzip puts into a block: also those that do not compress fit one of 64 KiB with their header. */
export const contentOfBlock = 0xff00;

const headerSize = 18;

/**
 * The last block of every BGZF file: an empty one with exactly these bytes, by which readers know that the file is
 * complete.
 */
export const endOfFileMarker: Uint8Array = Uint8Array.from([
  0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0, 0,
  0, 0, 0,
]);

const frame = (content: Uint8Array, compressed: Uint8Array): Uint8Array => {
  const block = Buffer.alloc(headerSize + compressed.length + trailerSize);
  block.set(endOfFileMarker.subarray(0, headerSize - 2));
  block.writeUInt16LE(block.length - 1, headerSize - 2);
  block.set(compressed, headerSize);
  block.writeUInt32LE(crc32(content), block.length - trailerSize);
  block.writeUInt32LE(content.length, block.length - 4);
  return block;
};

/** What deflate makes longer is stored, with five bytes around it. */
const fits = (content: Uint8Array, compressed: Uint8Array): boolean =>
  compressed.length <= content.length + 5;

const stored = (content: Uint8Array): Uint8Array => deflateRawSync(content, { level: 0 });

const defaultLevel = constants.Z_DEFAULT_COMPRESSION;

/** Compresses bytes into BGZF blocks, without an end-of-file marker; none for no bytes. */
export const deflateBlocks = (content: Uint8Array, level: number = defaultLevel): Uint8Array[] => {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < content.length; from += contentOfBlock) {
    const part = content.subarray(from, from + contentOfBlock);
    const compressed = deflateRawSync(part, { level });
    blocks.push(frame(part, fits(part, compressed) ? compressed : stored(part)));
  }
  return blocks;
};

/** Compresses at most {@link contentOfBlock} bytes into one block, on another thread. */
export const deflateBlock = (content: Uint8Array, level: number = defaultLevel): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    deflateRaw(content, { level }, (error, compressed) => {
      if (error === null) resolve(frame(content, fits(content, compressed) ? compressed : stored(content)));
      else reject(error);
    });
  });
