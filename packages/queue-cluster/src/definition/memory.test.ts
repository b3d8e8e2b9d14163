import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMemory, parseMemory } from './memory.ts';

describe('parseMemory', () => {
  it.each([
    ['32G', 32_768],
    ['500M', 500],
    ['500m', 500],
    ['1.5T', 1_572_864],
    ['32GB', 32_768],
    ['32 GiB', 32_768],
    ['100K', 1],
    [' 4096 ', 4096],
    [4096, 4096],
  ])('reads %j', (text, mebibytes) => {
    expect(parseMemory(text)).toBe(mebibytes);
  });

  it.each(['', 'G', '32 potatoes', '-1G', '0', '0G', '1e3', '32GG', '99999T', null, true, [], {}])(
    'does not take %j for a size',
    (value) => {
      expect(parseMemory(value)).toBeUndefined();
    },
  );

  it('reads what is described as what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1024 ** 3 }), (mebibytes) => {
        expect(parseMemory(describeMemory(mebibytes))).toBe(mebibytes);
      }),
    );
  });
});
