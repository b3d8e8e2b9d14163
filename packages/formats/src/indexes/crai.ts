import { FormatError } from '../format-error.ts';
import { loadIndex } from './index-bytes.ts';

/** What a CRAM index says of a slice: one line for each reference in it. */
export interface CramSlice {
  /** The index of the reference, or -1 for reads without a place. */
  readonly reference: number;
  /** The first base, counted from 0. */
  readonly from: number;
  /** How many bases its reads cover. */
  readonly span: number;
  /** Where its container begins in the file, where the slice does in that, and how long it is; in bytes. */
  readonly containerOffset: number;
  readonly sliceOffset: number;
  readonly size: number;
}

/** Reads the decompressed text of a `.crai` index; `path` is for the message of a {@link FormatError}. */
export const parseCrai = (text: string, path?: string): readonly CramSlice[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const numbers = line.split('\t').map(Number);
      const [reference = -1, start = 0, span = 0, containerOffset = 0, sliceOffset = 0, size = 0] = numbers;
      const valid =
        numbers.length === 6 && numbers.every(Number.isSafeInteger) && reference >= -2 && size >= 0;
      if (valid) return { reference, from: Math.max(0, start - 1), span, containerOffset, sliceOffset, size };
      const found = 'expected six whole numbers separated by tabs; make the index anew with `samtools index`';
      throw new FormatError('MALFORMED', found, { path, line: index + 1 });
    });

/** Reads the `.crai` index at this path, compressed or not. */
export const readCrai = async (path: string): Promise<readonly CramSlice[]> =>
  parseCrai((await loadIndex(path)).toString('latin1'), path);
