import { LineScanner } from '../lines/line-scanner.ts';
import { TerminatedRecords } from '../lines/terminated-records.ts';
import type { RecordFormat } from '../record-format.ts';

/** Stockholm, as Pfam and HMMER write it: each alignment says the version again, and ends with "//". */
export const stockholm: RecordFormat = {
  name: 'stockholm',
  description: 'Stockholm: a record is an alignment, from its line "# STOCKHOLM 1.0" to its line "//".',
  fileExtensions: ['sto', 'stk', 'stockholm'],
  galaxyDatatypes: ['stockholm'],
  scanner: () =>
    new LineScanner('Stockholm', new TerminatedRecords({ terminator: '//', opening: '# STOCKHOLM 1.' })),
};
