import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';
import { FastqGrammar } from './grammar.ts';

/** FASTQ, in records of four lines or wrapped. The mates of interleaved files are records of their own. */
export const fastq: RecordFormat = {
  name: 'fastq',
  description:
    'FASTQ: a record is a title that begins with "@", sequence, a line that begins with "+", and as much quality as ' +
    'sequence.',
  fileExtensions: ['fastq', 'fq', 'fastqsanger', 'fastqsolexa', 'fastqillumina', 'fastqcssanger'],
  galaxyDatatypes: ['fastq', 'fastqsanger', 'fastqsolexa', 'fastqillumina', 'fastqcssanger'],
  scanner: () => new LineScanner('FASTQ', new FastqGrammar()),
};
