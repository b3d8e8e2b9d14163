import type { RecordFormat } from '../record-format.ts';
import { FastaScanner } from './scanner.ts';

/**
 * FASTA: a record begins with ">" at the start of a line and reaches to the next. Lines may end in LF or CRLF,
 * the last may lack its end, and sequences may be empty.
 */
export const fasta: RecordFormat = {
  name: 'fasta',
  description: 'FASTA: a record is a line that begins with ">" and the lines of sequence that follow it.',
  fileExtensions: ['fasta', 'fa', 'fna', 'ffn', 'faa', 'frn', 'fas', 'fsa', 'mpfa'],
  galaxyDatatypes: ['fasta', 'a2m', 'mpfa'],
  scanner: () => new FastaScanner(),
};
