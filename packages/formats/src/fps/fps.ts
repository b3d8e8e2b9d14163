import { tooFewColumns } from '../lines/columns.ts';
import { firstByte, type Line, quoteLine } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const isHeader = (line: Line): boolean => firstByte(line) === 0x23;

const lateHeader = (line: Line): string | undefined =>
  isHeader(line)
    ? `found ${quoteLine(line)} after fingerprints; expected lines that begin with "#" only at the top. Were files ` +
      'joined by cat? Keep the header of the first only'
    : undefined;

/** FPS, the fingerprints of chemfp: the header tells the kind of fingerprint, and stands before every part. */
export const fps: RecordFormat = {
  name: 'fps',
  description:
    'FPS: a record is the line of a fingerprint; lines at the top that begin with "#" are the header.',
  fileExtensions: ['fps'],
  galaxyDatatypes: ['fps'],
  scanner: () =>
    new LineScanner(
      'FPS',
      new LineRecords({
        marks: '#',
        isHeader,
        checkFirst: (line) => tooFewColumns(line, 2, 'a fingerprint and its name'),
        check: lateHeader,
      }),
    ),
};
