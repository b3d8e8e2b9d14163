import { tooFewColumns } from '../lines/columns.ts';
import { firstByte, type Line } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const isComment = (line: Line): boolean => firstByte(line) === 0x23;

/** Genomic intervals, as Galaxy's `interval`: which column is which is told by Galaxy, or by a "#" line at the top. */
export const interval: RecordFormat = {
  name: 'interval',
  description:
    'Intervals: a record is a line of at least three columns between tabs; lines at the top that begin with "#" are ' +
    'the header.',
  fileExtensions: ['interval'],
  galaxyDatatypes: ['interval'],
  scanner: () =>
    new LineScanner(
      'intervals',
      new LineRecords({
        marks: '#',
        isHeader: isComment,
        checkFirst: (line) => tooFewColumns(line, 3, 'an interval'),
        continues: isComment,
      }),
    ),
};
