import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from './backoff.ts';

describe('backoff', () => {
  it('never exceeds 15 s and never is nothing', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const delay = backoff(failures, random);
        expect(delay).toBeGreaterThanOrEqual(50);
        expect(delay).toBeLessThanOrEqual(15_000);
      }),
    );
  });

  it('doubles from 100 ms on', () => {
    expect([0, 1, 2, 3].map((failures) => backoff(failures, 1))).toStrictEqual([100, 200, 400, 800]);
  });
});
