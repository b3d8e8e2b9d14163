/** Beginnings of files that are not plain text, or not FASTA, with what the user should be told. */
const signatures: readonly { readonly bytes: readonly number[]; readonly text: string }[] = [
  { bytes: [0x1f, 0x8b], text: 'is gzip-compressed: decompress it first with `gzip -dk FILE`' },
  { bytes: [0x42, 0x5a, 0x68], text: 'is bzip2-compressed: decompress it first with `bzip2 -dk FILE`' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], text: 'is zstd-compressed: decompress it first with `zstd -d FILE`' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], text: 'is xz-compressed: decompress it first with `xz -dk FILE`' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], text: 'is a zip archive: unpack it first with `unzip FILE`' },
  {
    bytes: [0xef, 0xbb, 0xbf],
    text: 'begins with a UTF-8 byte order mark: remove the first three bytes with `tail -c +4 FILE`',
  },
  { bytes: [0xff, 0xfe], text: 'is UTF-16 text: convert it first with `iconv -f UTF-16 -t UTF-8 FILE`' },
  { bytes: [0xfe, 0xff], text: 'is UTF-16 text: convert it first with `iconv -f UTF-16 -t UTF-8 FILE`' },
];

/** What a file that begins with these bytes is, and what to do about it; `undefined` if nothing is known. */
export const recogniseSignature = (beginning: Uint8Array): string | undefined =>
  signatures.find(({ bytes }) => bytes.every((byte, index) => beginning[index] === byte))?.text;

/** Bytes as a quoted text for a message: what is not printable ASCII is written as an escape. */
export const quoteBytes = (bytes: Uint8Array): string => {
  const written = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${written.join('')}"`;
};
