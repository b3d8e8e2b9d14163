import { firstByte } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const hash = 0x23;

/** Columns between tabs, as Galaxy's `tabular`: lines at the top that begin with "#" are the header. */
export const tabular: RecordFormat = {
  name: 'tabular',
  description:
    'Columns between tabs: a record is a line that is not blank; lines at the top that begin with "#" are the header.',
  fileExtensions: ['tab', 'tabular'],
  galaxyDatatypes: ['tabular'],
  scanner: () => new LineScanner('text', new LineRecords({ isHeader: (line) => firstByte(line) === hash })),
};
