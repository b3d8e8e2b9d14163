import type { RecordFormat } from '../record-format.ts';
import { MzmlScanner } from './scanner.ts';

/**
 * mzML by its spectra. A part has everything up to the first spectrum, its spectra, and the ends of the elements that are
 * open. It is never wrapped in `indexedmzML`, whose offsets would be wrong, and has no chromatograms, which are of the
 * whole run. The count of the list and the index of each spectrum stay those of the whole file: readers take the first
 * for a hint, and the second identifies a spectrum.
 */
export const mzml: RecordFormat = {
  name: 'mzml',
  description: 'mzML: a record is a spectrum; everything up to the first one is the header.',
  fileExtensions: ['mzml'],
  galaxyDatatypes: ['mzml'],
  scanner: () => new MzmlScanner(),
};
