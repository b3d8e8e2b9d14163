import fc from 'fast-check';

/** Either end of a line, the same in a whole file. */
export const anyLineEnd: fc.Arbitrary<string> = fc.constantFrom('\n', '\r\n');

/** A short text of these characters. */
export const textOf = (characters: string, minLength = 0, maxLength = 12): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });

/** Lists of up to a dozen. */
export const several = <Value>(value: fc.Arbitrary<Value>, minLength = 0): fc.Arbitrary<Value[]> =>
  fc.array(value, { minLength, maxLength: 12, size: 'max' });

/** The records with the line end of the last one left out, if it is to be. */
export const withLastEnd = (records: readonly string[], closed: boolean): string[] =>
  closed
    ? [...records]
    : [...records.slice(0, -1), ...records.slice(-1).map((last) => last.replace(/\r?\n$/, ''))];
