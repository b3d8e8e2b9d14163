import { LineScanner } from '../lines/line-scanner.ts';
import { TerminatedRecords } from '../lines/terminated-records.ts';
import type { RecordFormat } from '../record-format.ts';

/**
 * SDF (CTfile formats of BIOVIA). A record may begin with a blank line, its name. A last record without "$$$$" is
 * refused: the specification demands it, and in any order but this the record would run into the next.
 */
export const sdf: RecordFormat = {
  name: 'sdf',
  description: 'SDF: a record is a molecule with its data, and ends with a line "$$$$".',
  fileExtensions: ['sdf', 'sd'],
  galaxyDatatypes: ['sdf'],
  scanner: () => new LineScanner('SDF', new TerminatedRecords({ terminator: '$$$$' })),
};
