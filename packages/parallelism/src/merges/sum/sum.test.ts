import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, joinedText } from '../testing/join-files.ts';
import { Quantities } from './quantities.ts';

const anyParts = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', '\xe9'), fc.integer({ min: -9, max: 9 })), {
    maxLength: 12,
  }),
  { minLength: 1, maxLength: 4 },
);

const text = (lines: readonly (readonly [string, number])[]): string =>
  lines.map(([key, number]) => `${key}\t${number}\n`).join('');

const totals = (lines: readonly (readonly [string, number])[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const [key, number] of lines) sums.set(key, (sums.get(key) ?? 0) + number);
  return sums;
};

describe('sum', () => {
  it('gives the totals of the whole, however it is cut, in the order of first appearance', async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const result = await joinedText({ merge: 'sum' }, parts.map(text));
        expect(result).toBe(text([...totals(parts.flat())]));
        const sorted = await joinedText({ merge: 'sum', parameters: { order: 'text' } }, parts.map(text));
        expect(sorted).toBe(
          text([...totals(parts.flat())].toSorted(([one], [other]) => (one < other ? -1 : 1))),
        );
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('takes least, greatest and weighted mean, each of its column', async () => {
    const values = [
      { column: 2 },
      { column: 3, by: 'min' },
      { column: 4, by: 'max' },
      { column: 5, by: 'mean', weight: 2 },
    ];
    const parts = [
      '#k\tn\tlo\thi\tmean\nx\t1\t0.50\t2\t10\n',
      '#k\tn\tlo\thi\tmean\nx\t3\t0.75\t1\t20\ny\t1\t1\t1\t1\n',
    ];
    expect(await joinedText({ merge: 'sum', parameters: { keys: [1], values } }, parts)).toBe(
      '#k\tn\tlo\thi\tmean\nx\t4\t0.50\t2\t17.5\ny\t1\t1\t1\t1\n',
    );
  });

  it('adds up single numbers, and columns between blanks', async () => {
    expect(await joinedText({ merge: 'sum' }, ['12\n', '30\n'])).toBe('42\n');
    const wc = {
      merge: 'sum',
      parameters: { separator: ' ', keys: [], values: [{ column: 1 }, { column: 2 }] },
    };
    expect(await joinedText(wc, ['  1   2\n', ' 30  40\n'])).toBe('31 42\n');
  });

  it.each([
    ['a\t1\n', 'a\tNA\n', '1-result, line 1: part 2: found "NA" in column 2, expected a number'],
    ['#h\na\t1\n', '#h\na\t1\nb\n', 'line 3: part 2: has 1 columns, expected 2'],
    ['#h\na\t1\n', '#g\na\t1\n', 'part 2: expected the header of part 1'],
    ['a\t1\n', undefined, 'NOT_FOUND.*part 2'],
  ])('refuses %j beside %j', async (one, two, words) => {
    await expect(joined({ merge: 'sum' }, [one, two])).rejects.toThrow(new RegExp(words));
  });

  it('asks for weights where it is to take a mean', async () => {
    const choice = { merge: 'sum', parameters: { values: [{ column: 2, by: 'mean' }] } };
    await expect(joined(choice, ['a\t1\n'])).rejects.toThrow(
      /INVALID_PARAMETERS.*needs the column of weights/,
    );
  });
});

describe('count', () => {
  it('counts the lines of all parts that have the same keys', async () => {
    const parts = ['x\t1\ny\t1\n', 'x\t2\nx\t1\n'];
    expect(await joinedText({ merge: 'count', parameters: { keys: [1] } }, parts)).toBe('x\t3\ny\t1\n');
    expect(await joinedText({ merge: 'count' }, parts)).toBe('x\t1\t2\ny\t1\t1\nx\t2\t1\n');
  });
});

describe('histogram', () => {
  it('adds up bins, in rising order of numbers', async () => {
    const parts = ['2\t5\n10\t1\n', '1\t1\n10\t3\n'];
    expect(await joinedText({ merge: 'histogram' }, parts)).toBe('1\t1\n2\t5\n10\t4\n');
  });
});

describe('a sum', () => {
  it('is exact for whole numbers of any size, and keeps the digits of decimals', () => {
    const sumOf = (...texts: readonly string[]) => {
      const sum = new Quantities('sum');
      for (const one of texts) expect(sum.add(0, one)).toBe(true);
      return sum.textOf(0);
    };
    expect(
      sumOf('999999999999999', '999999999999999', ...Array.from({ length: 9 }, () => '999999999999999')),
    ).toBe('10999999999999989');
    expect(sumOf('0.1', '0.2')).toBe('0.3');
    expect(sumOf('1e3', '1')).toBe('1001');
    for (const text of ['', 'x', '1x', '0x10', 'Infinity', '1 2'])
      expect(new Quantities('sum').add(0, text)).toBe(false);
  });
});
