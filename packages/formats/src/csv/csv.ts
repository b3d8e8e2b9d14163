import type { RecordFormat } from '../record-format.ts';
import { CsvScanner } from './scanner.ts';

/** CSV (RFC 4180): the first record names the columns, and line ends may stand within quotes. */
export const csv: RecordFormat = {
  name: 'csv',
  description:
    'CSV: a record is a line, or several if line ends stand within quotes; the first names the columns and is the ' +
    'header.',
  fileExtensions: ['csv'],
  galaxyDatatypes: ['csv'],
  scanner: () => new CsvScanner('CSV', 0x2c),
};

/** The same with tabs between fields, as Galaxy's `tsv` is read. */
export const tsv: RecordFormat = {
  name: 'tsv',
  description:
    'TSV: CSV with tabs in the place of commas; the first record names the columns and is the header.',
  fileExtensions: ['tsv'],
  galaxyDatatypes: ['tsv'],
  scanner: () => new CsvScanner('TSV', 0x09),
};
