import { columnsOf, tooFewColumns } from '../lines/columns.ts';
import { firstByte, type Line } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const isComment = (line: Line): boolean => firstByte(line) === 0x23;

/** One that somebody has commented out, or whose sequence has such a name: no header has places. */
const hasPlaces = (line: Line): boolean =>
  columnsOf(line, /\t/)
    .slice(1)
    .filter((column) => /^\d+$/.test(column)).length >= 2;

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
        isHeader: (line) => isComment(line) && !hasPlaces(line),
        checkFirst: (line) => tooFewColumns(line, 3, 'an interval'),
        continues: isComment,
      }),
    ),
};
