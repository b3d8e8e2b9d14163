const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/**
 * The text in the last bytes of a file. Where bytes before them were left out, it begins with the first whole
 * character of UTF-8.
 */
export const textOfTail = (bytes: Buffer, isCut: boolean): string => {
  let start = 0;
  // A character has at most three bytes after its first.
  while (isCut && start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.toString('utf8', start);
};
