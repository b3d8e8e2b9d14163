import { readBlockHeader } from '../bgzf/block-header.ts';
import { type OpenSourceOptions, openSource } from '../source.ts';

/** How a file is compressed. BGZF is gzip in blocks that can be read one by one, as bgzip and samtools write it. */
export type Compression = 'none' | 'gzip' | 'bgzf' | 'zstd' | 'bzip2' | 'xz';

/** As many bytes as {@link compressionOf} may need: the extra field of gzip can be that long. */
const telling = 12 + 0xffff;

const begins = (bytes: Uint8Array, ...expected: readonly number[]): boolean =>
  bytes.length >= expected.length && expected.every((byte, index) => bytes[index] === byte);

const isSkippableZstdFrame = (bytes: Uint8Array): boolean =>
  ((bytes[0] ?? 0) & 0xf0) === 0x50 && begins(bytes.subarray(1), 0x2a, 0x4d, 0x18);

/** How a file is compressed that begins with these bytes (the first 64 KiB, or all of a shorter file). */
export const compressionOf = (beginning: Uint8Array): Compression => {
  if (begins(beginning, 0x1f, 0x8b)) return typeof readBlockHeader(beginning) === 'object' ? 'bgzf' : 'gzip';
  if (begins(beginning, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableZstdFrame(beginning)) return 'zstd';
  if (begins(beginning, 0x42, 0x5a, 0x68)) return 'bzip2';
  if (begins(beginning, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  return 'none';
};

/** How a file is compressed, by its bytes and whatever its name is. */
export const detectCompression = async (
  path: string,
  options: Pick<OpenSourceOptions, 'signal'> = {},
): Promise<Compression> => {
  await using file = await openSource(path, options);
  return compressionOf(await file.readAt(0, telling));
};
