import { quoteBytes } from '../signatures.ts';

/**
 * One line of a file, without its end. What it says holds until the next line is read: the reader uses one object
 * for all lines, because millions of them pass.
 */
export interface Line {
  /** Holds the line, among other bytes. */
  readonly bytes: Buffer;
  /** Where it begins in `bytes`. */
  readonly from: number;
  /** Where it ends in `bytes`; or, of a long line that came in several chunks, where its kept beginning ends. */
  readonly to: number;
  /** Where it begins in the file. */
  readonly offset: number;
  /** How many bytes it has in the file, those not at hand included. */
  readonly length: number;
  /** How many bytes it has without the white space at its end, at hand or not. */
  readonly trimmed: number;
  /** The last byte that is not white space, at hand or not; -1 if there is none. */
  readonly last: number;
}

/** As much of a line as a message shows. */
const shownBytes = 30;

/** The line's first byte, or -1 if it is empty. */
export const firstByte = (line: Line): number => (line.length === 0 ? -1 : (line.bytes[line.from] ?? -1));

/** Whether the line begins with these ASCII bytes. */
export const startsWith = (line: Line, text: Uint8Array): boolean => {
  if (line.to - line.from < text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (line.bytes[line.from + index] !== text[index]) return false;
  }
  return true;
};

/** Whether nothing but white space is on the line. */
export const isBlank = (line: Line): boolean => line.trimmed === 0;

/** Whether all of the line is at hand. */
export const isWhole = (line: Line): boolean => line.to - line.from === line.length;

/** What is at hand of the line, as text of one character for each byte. */
export const textOf = (line: Line): string => line.bytes.toString('latin1', line.from, line.to);

/** The beginning of the line for a message. */
export const quoteLine = (line: Line): string =>
  quoteBytes(line.bytes.subarray(line.from, Math.min(line.to, line.from + shownBytes)));
