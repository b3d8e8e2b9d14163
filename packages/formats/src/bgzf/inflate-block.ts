import { crc32, inflateRawSync } from 'node:zlib';
import { FormatError, type Place } from '../format-error.ts';
import { type BlockHeader, maximalBlockSize, trailerSize, uint32 } from './block-header.ts';

const damaged = (text: string, place: Place, cause?: unknown): FormatError =>
  new FormatError(
    'MALFORMED',
    `the BGZF block that begins here is damaged: ${text}; get the file again from where it came from`,
    place,
    cause === undefined ? {} : { cause },
  );

/** How many bytes are in a whole block when it is decompressed; at most 65,536 in a block that is not damaged. */
export const inflatedSize = (block: Uint8Array): number => uint32(block, block.length - 4);

const inflate = (data: Uint8Array, expected: number, place: Place): Buffer => {
  try {
    // One byte more than expected shows a block that holds more than it says, and bounds what it can take.
    return inflateRawSync(data, { chunkSize: Math.max(expected + 1, 64), maxOutputLength: expected + 1 });
  } catch (error) {
    throw damaged('its compressed data cannot be read', place, error);
  }
};

/**
 * Decompresses one whole BGZF block and checks its CRC and its size.
 * @throws FormatError MALFORMED at `place`, which is where the block begins
 */
export const inflateBlock = (
  block: Uint8Array,
  { headerSize }: BlockHeader,
  place: Place = {},
): Uint8Array => {
  const expected = inflatedSize(block);
  if (expected > maximalBlockSize) throw damaged(`it claims to hold ${expected} bytes`, place);
  const content = inflate(block.subarray(headerSize, block.length - trailerSize), expected, place);
  if (content.length !== expected) {
    throw damaged(`expected ${expected} bytes in it, found ${content.length}`, place);
  }
  if (crc32(content) !== uint32(block, block.length - trailerSize)) {
    throw damaged('its content does not have the CRC-32 that it tells', place);
  }
  return content;
};
