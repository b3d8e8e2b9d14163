import { firstByte, type Line } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const isComment = (line: Line): boolean => firstByte(line) === 0x23;

/**
 * Columns between tabs, as Galaxy's `tabular`. Lines further down that begin with "#" belong to the record before: at
 * the beginning of a part they would be taken for its header.
 */
export const tabular: RecordFormat = {
  name: 'tabular',
  description:
    'Columns between tabs: a record is a line that is not blank; lines at the top that begin with "#" are the header.',
  fileExtensions: ['tab', 'tabular'],
  galaxyDatatypes: ['tabular'],
  scanner: () =>
    new LineScanner('text', new LineRecords({ marks: '#', isHeader: isComment, continues: isComment })),
};
