import { contentTail } from '../files/content-tail.ts';
import type { NumberedPart } from '../files/name-part.ts';
import { wrongPart } from '../files/name-part.ts';
import { type Ending, variantOf } from './seam.ts';

/** Overlaps of regions are some hundred bases: their variants take less than this, but for thousands of samples. */
const usualTail = 256 * 1024;

/** A line longer than this would be one of millions of samples. */
const largestTail = 256 * 1024 * 1024;

/** Reads the last variants of a part; `undefined` if it has none. */
export const readEnding = async (
  part: NumberedPart,
  signal: AbortSignal | undefined,
): Promise<Ending | undefined> => {
  for (let size = usualTail; size <= largestTail; size *= 8) {
    const { bytes, isAll } = await contentTail(part.path, size, signal);
    // The first line may be the rest of one.
    const whole = isAll ? bytes : bytes.subarray(bytes.indexOf(0x0a) + 1);
    const lines = whole
      .toString('latin1')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length > 0) return { part, last: lines.map(variantOf) };
    if (isAll) return undefined;
  }
  throw wrongPart(part, `expected a line of less than ${largestTail} bytes at the end`);
};
