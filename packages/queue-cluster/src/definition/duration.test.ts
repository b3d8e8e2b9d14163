import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['8h', 28_800],
    ['10m', 600],
    ['10min', 600],
    ['90s', 90],
    ['2d', 172_800],
    ['1h30m', 5400],
    ['1d 12h', 129_600],
    ['12:00:00', 43_200],
    ['1-12:00:00', 129_600],
    ['0s', 0],
    [0, 0],
  ])('reads %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '8', '10:00', '1-12', 'h', '8 hours', '-8h', '30m1h', '99999d', 8, null, true, []])(
    'does not guess what %j means',
    (value) => {
      expect(parseDuration(value)).toBeUndefined();
    },
  );

  it('reads what is described as what it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 366 * 86_400 }), (seconds) => {
        expect(parseDuration(describeDuration(seconds))).toBe(seconds);
      }),
    );
  });
});
