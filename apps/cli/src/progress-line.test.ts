import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, duration, planningLine, progressLine, secondsLeft } from './progress-line.ts';

const counts = { total: 200, waiting: 120, active: 8, finished: 70, failed: 2 };

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [-3, '0 s'],
    [59.4, '59 s'],
    [59.5, '1 min 00 s'],
    [200, '3 min 20 s'],
    [3599.6, '1 h 00 min'],
    [3720, '1 h 02 min'],
    [360000, '100 h 00 min'],
  ])('says %d as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1499, '1.5 kB'],
    [9960, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [48_000_000, '48 MB'],
    [3e15, '3000 TB'],
  ])('says %d as %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe('secondsLeft', () => {
  it('goes by what was done in this run, not in those before it', () => {
    expect(secondsLeft(counts, 62, 30)).toBe((30 / 10) * 128);
    expect(secondsLeft(counts, 72, 30)).toBeUndefined();
  });
});

describe('progressLine', () => {
  it('tells tasks done, running, waiting and failed, and the time that is left', () => {
    expect(progressLine(counts, 200, 120)).toBe(
      '[########................] 70/200 done, 8 running, 120 waiting, 2 failed, 3 min 20 s left',
    );
  });

  it('leaves the bar out where it is narrow, and the time before it is known', () => {
    expect(progressLine(counts, undefined, 55)).toBe('70/200 done, 8 running, 120 waiting, 2 failed');
  });

  it('gives the bar what room there is beside the numbers', () => {
    expect(progressLine(counts, 90, 80)).toBe(
      '[#####.........] 70/200 done, 8 running, 120 waiting, 2 failed, 1 min 30 s left',
    );
  });

  it('is always shorter than the terminal is wide', () => {
    const count = fc.nat(1e6);
    const any = fc.record({ total: count, waiting: count, active: count, finished: count, failed: count });
    fc.assert(
      fc.property(any, fc.option(fc.nat(1e7), { nil: undefined }), fc.nat(200), (some, left, columns) => {
        const legal = { ...some, finished: Math.min(some.finished, some.total) };
        expect(progressLine(legal, left, columns).length).toBeLessThan(Math.max(1, columns));
        expect(planningLine(some.total, some.waiting, columns).length).toBeLessThan(Math.max(1, columns));
      }),
    );
  });
});
