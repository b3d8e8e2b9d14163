import { type Line, textOf } from '../lines/line.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import { TerminatedRecords } from '../lines/terminated-records.ts';
import type { RecordFormat } from '../record-format.ts';

/** Files of a GenBank release begin with some lines on the release, which readers skip. */
const isRelease = (line: Line): boolean => textOf(line).includes('Genetic Sequence Data Bank');

/** GenBank flat files. */
export const genbank: RecordFormat = {
  name: 'genbank',
  description: 'GenBank: a record is an entry, from its line "LOCUS" to its line "//".',
  fileExtensions: ['gb', 'gbk', 'gbff', 'genbank', 'gpff', 'gp', 'seq'],
  galaxyDatatypes: ['genbank'],
  scanner: () =>
    new LineScanner(
      'GenBank',
      new TerminatedRecords({ terminator: '//', opening: 'LOCUS', isPreface: isRelease }),
    ),
};

/** EMBL flat files, and those of UniProt. */
export const embl: RecordFormat = {
  name: 'embl',
  description: 'EMBL: a record is an entry, from its line "ID" to its line "//".',
  fileExtensions: ['embl'],
  galaxyDatatypes: ['embl'],
  scanner: () => new LineScanner('EMBL', new TerminatedRecords({ terminator: '//', opening: 'ID   ' })),
};
