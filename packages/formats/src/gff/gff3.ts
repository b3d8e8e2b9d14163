import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';
import { Families } from './families.ts';
import { FeatureLines } from './feature-lines.ts';

/**
 * GFF3: features are kept with their parents, their children and the other lines of the same ID. Families that stand
 * among each other in the file are one record.
 */
export const gff3: RecordFormat = {
  name: 'gff3',
  description:
    'GFF3: a record is features that ID, Parent or Derives_from connect; lines at the top up to the last ' +
    'that begins with "##" or "#!" are the header.',
  fileExtensions: ['gff3', 'gff'],
  galaxyDatatypes: ['gff3', 'gff'],
  scanner: () => new LineScanner('GFF3', new FeatureLines(new Families())),
};
