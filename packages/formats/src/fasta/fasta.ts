import { FormatError } from '../format-error.ts';
import type { RecordFormat } from '../record-format.ts';
import type { ByteSource } from '../source.ts';
import { FastaScanner } from './scanner.ts';

/** Lines are counted only now that one is needed: counting them during the scan would halve its speed. */
const located = async (error: unknown, source: ByteSource): Promise<unknown> => {
  if (!(error instanceof FormatError) || error.offset === undefined) return error;
  const line = error.line ?? (await source.lineAt?.(error.offset));
  return new FormatError(error.code, error.rawMessage, { path: source.path, offset: error.offset, line });
};

async function* recordStarts(source: ByteSource): AsyncGenerator<readonly number[]> {
  const scanner = new FastaScanner();
  try {
    for await (const chunk of source) {
      const starts = scanner.push(chunk);
      if (starts.length > 0) yield starts;
    }
    scanner.end();
  } catch (error) {
    throw await located(error, source);
  }
}

/**
 * FASTA: a record begins with ">" at the start of a line and reaches to the next. Lines may end in LF or CRLF,
 * the last may lack its end, and sequences may be empty.
 */
export const fasta: RecordFormat = {
  name: 'fasta',
  description: 'FASTA: a record is a line that begins with ">" and the lines of sequence that follow it.',
  fileExtensions: ['fasta', 'fa', 'fna', 'ffn', 'faa', 'frn', 'fas', 'fsa', 'mpfa'],
  recordStarts,
};
