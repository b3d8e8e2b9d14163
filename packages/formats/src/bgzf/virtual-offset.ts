/**
 * A place in the decompressed content of a BGZF file that can be reached without reading what precedes it (section
 * 4.1.1 of the SAM specification). Kept as two numbers: as one, those of files over 128 GiB would not be exact.
 */
export interface VirtualOffset {
  /** Where the block begins, in bytes from the beginning of the file. */
  readonly block: number;
  /** How far into the decompressed content of the block; 0 to 65,535. */
  readonly within: number;
}

/** Less than 0, 0, or more than 0, as the first is before, at or behind the second. */
export const compareVirtualOffsets = (a: VirtualOffset, b: VirtualOffset): number =>
  a.block === b.block ? a.within - b.within : a.block - b.block;

/** The eight bytes with which indexes write it: 16 bits within the block, and 48 bits for the block above them. */
export const readVirtualOffset = (bytes: Buffer, at: number): VirtualOffset => ({
  block: bytes.readUIntLE(at + 2, 6),
  within: bytes.readUInt16LE(at),
});
