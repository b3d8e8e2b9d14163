/** Longer than any that a program writes: an extra field of 64 KiB, and a file name and a comment. */
export const maximalGzipHeaderSize = 256 * 1024;

const flags = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 };

const afterText = (bytes: Uint8Array, from: number): number => {
  const end = bytes.indexOf(0, from);
  return end === -1 ? Number.POSITIVE_INFINITY : end + 1;
};

/**
 * How long the header of a gzip member is that begins with these bytes (RFC 1952). `undefined` if none begins here,
 * `'short'` if the bytes end before it does.
 */
export const gzipHeaderSize = (bytes: Uint8Array): number | 'short' | undefined => {
  if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b)) return undefined;
  if (bytes.length < 10) return 'short';
  const flag = bytes[3] ?? 0;
  if (bytes[2] !== 8 || (flag & flags.reserved) !== 0) return undefined;
  let size = 10;
  if (flag & flags.extra) size += 2 + (bytes[10] ?? 0) + ((bytes[11] ?? 0) << 8);
  if (flag & flags.name) size = afterText(bytes, size);
  if (flag & flags.comment) size = afterText(bytes, size);
  if (flag & flags.headerCrc) size += 2;
  return size <= bytes.length ? size : 'short';
};
