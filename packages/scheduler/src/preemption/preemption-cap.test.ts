import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PreemptionCap } from './preemption-cap.ts';

describe('PreemptionCap', () => {
  it('lets so many through, and more when the first are a minute old', () => {
    const cap = new PreemptionCap(3);
    cap.take(2, 0);
    cap.take(1, 5000);
    expect([cap.left(59_999), cap.nextAt(59_999)]).toEqual([0, 60_000]);
    expect([cap.left(60_000), cap.nextAt(60_000)]).toEqual([2, 60_000]);
    expect(cap.left(65_000)).toBe(3);
  });

  it('never lets any through where none may be', () => {
    const cap = new PreemptionCap(0);
    expect([cap.left(0), cap.nextAt(0)]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('lets no more through in any minute, whoever asks for how many and when', () => {
    const asks = fc.array(fc.tuple(fc.nat(20_000), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), asks, (maximum, given) => {
        const cap = new PreemptionCap(maximum);
        const ended: number[] = [];
        let now = 0;
        for (const [pause, wish] of given) {
          now += pause;
          const count = Math.min(wish, cap.left(now));
          cap.take(count, now);
          for (let one = 0; one < count; one++) ended.push(now);
        }
        for (const start of ended) {
          const within = ended.filter((moment) => moment >= start && moment < start + 60_000);
          expect(within.length).toBeLessThanOrEqual(maximum);
        }
      }),
    );
  });
});
