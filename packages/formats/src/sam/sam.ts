import { tooFewColumns } from '../lines/columns.ts';
import { firstByte, type Line, quoteLine } from '../lines/line.ts';
import { LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const isHeader = (line: Line): boolean => firstByte(line) === 0x40;

/** No name of a read begins with "@" (SAM 1.6, 1.4), so this can only be the header of another file. */
const lateHeader = (line: Line): string | undefined =>
  isHeader(line)
    ? `found the header line ${quoteLine(line)} after alignments; were files joined by cat? ` +
      'Join them with `samtools merge` or `samtools cat`'
    : undefined;

/** SAM; the header may be missing, as the specification allows. */
export const sam: RecordFormat = {
  name: 'sam',
  description:
    'SAM: a record is the line of an alignment; lines at the top that begin with "@" are the header.',
  fileExtensions: ['sam'],
  galaxyDatatypes: ['sam'],
  scanner: () =>
    new LineScanner(
      'SAM',
      new LineRecords({
        marks: '@',
        isHeader,
        checkFirst: (line) => tooFewColumns(line, 11, 'an alignment'),
        check: lateHeader,
      }),
    ),
};
