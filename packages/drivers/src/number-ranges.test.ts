import type { NumberRange } from '@galaxy-mesos/scheduler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsNumber, mergeRanges, withoutNumbers } from './number-ranges.ts';

const anyRange = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 }))
  .map(([begin, length]): NumberRange => ({ begin, end: begin + length }));
const anyRanges = fc.array(anyRange, { maxLength: 8 });
const universe = Array.from({ length: 50 }, (_, number) => number);

describe('ranges of numbers', () => {
  it('hold the same numbers when they are merged, apart from each other and in order', () => {
    fc.assert(
      fc.property(anyRanges, (ranges) => {
        const merged = mergeRanges(ranges);
        for (const number of universe) expect(holdsNumber(merged, number)).toBe(holdsNumber(ranges, number));
        for (const [index, { begin }] of merged.entries())
          expect(begin).toBeGreaterThan((merged[index - 1]?.end ?? -2) + 1);
      }),
    );
  });

  it('hold all but the numbers that are taken out', () => {
    fc.assert(
      fc.property(anyRanges, fc.array(fc.constantFrom(...universe)), (ranges, numbers) => {
        const left = withoutNumbers(ranges, numbers);
        for (const number of universe)
          expect(holdsNumber(left, number)).toBe(holdsNumber(ranges, number) && !numbers.includes(number));
        expect(left.every(({ begin, end }) => begin <= end)).toBe(true);
      }),
    );
  });
});
