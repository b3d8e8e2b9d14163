import { FormatError } from '../format-error.ts';
import { loadIndex } from './index-bytes.ts';

/** What a FASTA index says of a sequence. */
export interface FastaIndexEntry {
  readonly name: string;
  /** In bases. */
  readonly length: number;
  /** Where its first base is, in bytes from the beginning of the (decompressed) file. */
  readonly offset: number;
  /** Bases, and bytes with the line end, in every line but the last. */
  readonly basesPerLine: number;
  readonly bytesPerLine: number;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const parseLine = (line: string, number: number, path: string | undefined): FastaIndexEntry => {
  const [name = '', ...columns] = line.split('\t');
  const [length = -1, offset = -1, basesPerLine = -1, bytesPerLine = -1] = columns.map(Number);
  const valid = name !== '' && [length, offset, basesPerLine, bytesPerLine].every(isCount);
  if (valid) return { name, length, offset, basesPerLine, bytesPerLine };
  const expected = 'expected a name, a length, an offset, and bases and bytes of a line, separated by tabs';
  throw new FormatError('MALFORMED', `${expected}; make the index anew`, { path, line: number });
};

/** Reads a `.fai` index, as `samtools faidx` writes it; `path` is for the message of a {@link FormatError}. */
export const parseFai = (text: string, path?: string): readonly FastaIndexEntry[] => {
  const lines = text.split('\n');
  // What follows the last line feed is no line, unless that is missing.
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => parseLine(line, index + 1, path));
};

/** Reads the `.fai` index at this path. */
export const readFai = async (path: string): Promise<readonly FastaIndexEntry[]> =>
  parseFai((await loadIndex(path)).toString('utf8'), path);
