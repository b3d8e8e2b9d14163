import fc from 'fast-check';
import { expect } from 'vitest';
import type { RecordFormat } from '../src/record-format.ts';
import { anyChunkSize, damaged, expectParts, expectSafety, recordsIn, scan } from './scanning.ts';

/** A valid file as its maker knows it. */
export interface KnownFile {
  /** What precedes the first record: the header, or, of a format without one, nothing. */
  readonly header?: string;
  readonly records: readonly string[];
  /** What follows the last record. */
  readonly tail?: string;
  /** What stands around the records of a part, where that is not what stands in the file. */
  readonly frame?: { readonly header: string; readonly footer: string };
}

const textOf = ({ header = '', records, tail = '' }: KnownFile): string => header + records.join('') + tail;

/** Checks that a format finds what makers of its files know to be in them, in chunks of any size. */
export const expectAllFound = (format: RecordFormat, files: fc.Arbitrary<KnownFile>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(files, anyChunkSize, fc.nat(), async (file, chunkSize, cut) => {
      const text = textOf(file);
      const found = await scan(format, text, chunkSize);
      expect(recordsIn(text, found)).toEqual(file.records);
      expect(found.bodyEnd).toBe(text.length - (file.tail ?? '').length);
      if (file.records.length > 0) {
        const { header, footer } = found;
        expect({ header, footer }).toEqual(file.frame ?? { header: file.header ?? '', footer: '' });
      }
      await expectParts(format, text, found, cut);
    }),
    { numRuns: 300 },
  );

/** Checks that nothing is lost of a damaged file, wherever it is damaged: it is refused with its place, or all is there. */
export const expectNothingLost = (format: RecordFormat, files: fc.Arbitrary<KnownFile>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(damaged(files.map(textOf)), anyChunkSize, (text, chunkSize) =>
      expectSafety(format, text, chunkSize),
    ),
    { numRuns: 500 },
  );
