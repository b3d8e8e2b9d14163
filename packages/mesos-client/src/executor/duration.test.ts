import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['15mins', 900_000],
    ['2secs', 2000],
    ['1.5secs', 1500],
    ['250ms', 250],
    ['5us', 0.005],
    ['1e+06ns', 1],
    ['0ns', 0],
    ['2hrs', 7_200_000],
    ['1days', 86_400_000],
    ['1weeks', 604_800_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
  });

  it.each(['', '5', 'secs', '5 secs', '-1secs', '5secsx', '5sec', 'NaNsecs', '1e999days2'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
