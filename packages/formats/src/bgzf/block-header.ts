/** What the first bytes of a BGZF block say about it. */
export interface BlockHeader {
  /** Of the whole block, in bytes: what is to be skipped to reach the next one. */
  readonly size: number;
  /** Where the compressed data begin, in bytes from the beginning of the block. */
  readonly headerSize: number;
}

/** More than any BGZF block: its size minus one is told in 16 bits. */
export const maximalBlockSize = 0x10000;

/** CRC-32 and size of what is compressed, at the end of every block. */
export const trailerSize = 8;

const fixedSize = 12;
const magic = [0x1f, 0x8b, 0x08, 0x04];

const uint16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

/** A 32-bit number, least significant byte first. */
export const uint32 = (bytes: Uint8Array, at: number): number =>
  (uint16(bytes, at) | (uint16(bytes, at + 2) << 16)) >>> 0;

/** The extra field is a list of subfields: two letters, a length, and as many bytes. */
const findBlockSize = (bytes: Uint8Array, from: number, to: number): number | undefined => {
  for (let at = from; at + 4 <= to; at += 4 + uint16(bytes, at + 2)) {
    const isSize = bytes[at] === 0x42 && bytes[at + 1] === 0x43 && uint16(bytes, at + 2) === 2;
    if (isSize && at + 6 <= to) return uint16(bytes, at + 4) + 1;
  }
  return undefined;
};

/**
 * Reads the header of a BGZF block (section 4.1 of the SAM specification) that may begin at `at`. Answers `undefined`
 * if none does, and `'short'` if the bytes end too early to tell.
 */
export const readBlockHeader = (bytes: Uint8Array, at = 0): BlockHeader | 'short' | undefined => {
  for (const [index, expected] of magic.entries()) {
    if (at + index >= bytes.length) return 'short';
    if (bytes[at + index] !== expected) return undefined;
  }
  if (at + fixedSize > bytes.length) return 'short';
  const headerSize = fixedSize + uint16(bytes, at + 10);
  if (headerSize >= maximalBlockSize) return undefined;
  if (at + headerSize > bytes.length) return 'short';
  const size = findBlockSize(bytes, at + fixedSize, at + headerSize);
  if (size === undefined || size < headerSize + trailerSize) return undefined;
  return { size, headerSize };
};
