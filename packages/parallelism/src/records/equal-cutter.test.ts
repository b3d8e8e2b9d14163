import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EqualCutter } from './equal-cutter.ts';
import type { Run } from './run.ts';

interface Options {
  readonly capacity?: number;
  /** The size is known before the end. */
  readonly isKnown?: boolean;
  readonly unitSize?: number;
  /** So many starts come at a time. */
  readonly batch?: number;
}

const cutOf = (sizes: readonly number[], parts: number, options: Options = {}): Run[] => {
  const { isKnown = true, unitSize = 1, batch = 7, ...capacity } = options;
  const size = isKnown ? sizes.reduce((sum, length) => sum + length, 0) : Number.POSITIVE_INFINITY;
  const cutter = new EqualCutter({ parts, size, unitSize, ...capacity });
  const starts: number[] = [];
  let end = 0;
  for (const length of sizes) {
    starts.push(end);
    end += length;
  }
  const runs: Run[] = [];
  for (let from = 0; from < starts.length; from += batch) {
    runs.push(...cutter.add(starts.slice(from, from + batch), 0, 1));
  }
  return [...runs, ...cutter.end(end)];
};

const anySizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 })), {
  minLength: 1,
  maxLength: 300,
  size: 'max',
});

describe('EqualCutter', () => {
  it('cuts at record starts into exactly as many non-empty runs as were asked for', () => {
    fc.assert(
      fc.property(anySizes, fc.nat(), fc.constantFrom(16, 64, 1024), (sizes, seed, capacity) => {
        const parts = 1 + (seed % Math.min(sizes.length, capacity / 4));
        const runs = cutOf(sizes, parts, { capacity });
        expect(runs).toHaveLength(parts);
        let record = 0;
        let offset = 0;
        for (const run of runs) {
          expect(run.records).toBeGreaterThan(0);
          expect(run.offset).toBe(offset);
          const length = sizes.slice(record, record + run.records).reduce((sum, size) => sum + size, 0);
          expect(run.length).toBe(length);
          record += run.records;
          offset += length;
        }
        expect(record).toBe(sizes.length);
      }),
    );
  });

  it('makes runs that differ by less than two records when no record is larger than a share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 50, max: 100 }), { minLength: 100, maxLength: 200 }),
        (sizes) => {
          const lengths = cutOf(sizes, 10).map(({ length }) => length);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(200);
        },
      ),
    );
  });

  it('gives a record that is larger than a share a run of its own and keeps the others equal', () => {
    const lengths = cutOf([900, ...Array(100).fill(1)], 5).map(({ length }) => length);
    expect(lengths).toEqual([900, 25, 25, 25, 25]);
  });

  it('stays balanced when it has thinned its starts many times', () => {
    const lengths = cutOf(Array(100_000).fill(7), 10, { capacity: 1024 }).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(70_000 * 1.02);
    expect(Math.min(...lengths)).toBeGreaterThan(70_000 * 0.98);
  });

  it('makes the same runs, whether the size is known beforehand or not', () => {
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 40 }), (sizes, parts) => {
        expect(cutOf(sizes, parts)).toEqual(cutOf(sizes, parts, { isKnown: false }));
      }),
    );
  });

  it('makes the same runs, however many starts come at a time', () => {
    fc.assert(
      fc.property(
        anySizes,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, parts, batch) => {
          const options = { capacity: 64 };
          expect(cutOf(sizes, parts, { ...options, batch })).toEqual(cutOf(sizes, parts, options));
        },
      ),
    );
  });

  it('tells of runs long before the end', () => {
    const cutter = new EqualCutter({ parts: 10, size: 1000, unitSize: 1 });
    const told: number[] = [];
    for (let start = 0; start < 1000; start += 1) if (cutter.add([start], 0, 1).length > 0) told.push(start);
    // Nine more units must have been seen, for as many runs are to come.
    expect(told).toEqual([108, 207, 306, 405, 504, 603, 702, 801, 900]);
  });

  it('makes one run of each unit where more were asked for, and none where there is no unit', () => {
    expect(cutOf([3, 4], 9, { unitSize: 2 })).toEqual([
      { offset: 0, length: 3, records: 2 },
      { offset: 3, length: 4, records: 2 },
    ]);
    expect(cutOf([], 9)).toEqual([]);
  });

  it('lets the first run begin where the body does, though the first record begins later', () => {
    const cutter = new EqualCutter({ parts: 3, size: 20, unitSize: 1 });
    const runs = [cutter.add([5], 0, 1, 2), cutter.add([10, 15], 0, 1), cutter.end(20)].flat();
    expect(runs).toEqual([
      { offset: 2, length: 8, records: 1 },
      { offset: 10, length: 5, records: 1 },
      { offset: 15, length: 5, records: 1 },
    ]);
  });
});
