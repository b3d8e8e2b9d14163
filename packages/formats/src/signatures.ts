/** Any byte. */
const any = -1;

interface Signature {
  readonly bytes: readonly number[];
  readonly text: string;
  /** Whether it is text nevertheless, which most readers understand. */
  readonly isText?: true;
}

/** Beginnings of files that are not plain text, with what the user should be told. */
const signatures: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], text: 'is gzip-compressed: decompress it first with `gzip -dk FILE`' },
  {
    // Letters only, as text may begin with them: hence the first byte of the first block, too.
    bytes: [0x42, 0x5a, 0x68, any, 0x31],
    text: 'is bzip2-compressed: decompress it first with `bzip2 -dk FILE`',
  },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], text: 'is zstd-compressed: decompress it first with `zstd -d FILE`' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], text: 'is xz-compressed: decompress it first with `xz -dk FILE`' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], text: 'is a zip archive: unpack it first with `unzip FILE`' },
  {
    bytes: [0xef, 0xbb, 0xbf],
    text: 'begins with a UTF-8 byte order mark: remove the first three bytes with `tail -c +4 FILE`',
    isText: true,
  },
  { bytes: [0xff, 0xfe], text: 'is UTF-16 text: convert it first with `iconv -f UTF-16 -t UTF-8 FILE`' },
  { bytes: [0xfe, 0xff], text: 'is UTF-16 text: convert it first with `iconv -f UTF-16 -t UTF-8 FILE`' },
];

const begins = (beginning: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => (byte === any ? index < beginning.length : beginning[index] === byte));

/** What a file that begins with these bytes is, and what to do about it; `undefined` if nothing is known. */
export const recogniseSignature = (beginning: Uint8Array): string | undefined =>
  signatures.find(({ bytes }) => begins(beginning, bytes))?.text;

/** The same for what no format of text can be read from: a byte order mark is none of its business. */
export const recogniseBinary = (beginning: Uint8Array): string | undefined =>
  signatures.find(({ bytes, isText }) => !isText && begins(beginning, bytes))?.text;

/** Bytes as a quoted text for a message: what is not printable ASCII is written as an escape. */
export const quoteBytes = (bytes: ArrayLike<number>): string => {
  const written = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `"${written.join('')}"`;
};

/** As much of a text as a message shows: what stands in a file may be as long as the file, and not everyone's to read. */
const shownCharacters = 80;

/** A text from a file for a message, cut short. */
export const quoteText = (text: string): string =>
  text.length > shownCharacters
    ? `${JSON.stringify(text.slice(0, shownCharacters))}...`
    : JSON.stringify(text);
