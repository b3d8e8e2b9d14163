import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Limit, LimitCutter } from './limit-cutter.ts';
import type { Run } from './run.ts';

const cutOf = (sizes: readonly number[], limit: Limit, unitSize = 1, batch = 7): Run[] => {
  const cutter = new LimitCutter(limit, unitSize);
  const starts: number[] = [];
  let end = 0;
  for (const size of sizes) {
    starts.push(end);
    end += size;
  }
  const runs: Run[] = [];
  for (let from = 0; from < starts.length; from += batch) {
    runs.push(...cutter.add(starts.slice(from, from + batch), 0, 1));
  }
  return [...runs, ...cutter.end(end)];
};

/** As many of `sizes` as fit, and so on: told in the simplest way. */
const packed = (sizes: readonly number[], bytes: number): number[][] => {
  const packs: number[][] = [];
  for (const size of sizes) {
    const last = packs.at(-1);
    if (last !== undefined && last.reduce((sum, each) => sum + each, size) <= bytes) last.push(size);
    else packs.push([size]);
  }
  return packs;
};

const anySizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

describe('LimitCutter', () => {
  it('makes runs as large as fit into so many bytes; what is larger alone has its own', () => {
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 60 }), (sizes, bytes) => {
        const runs = cutOf(sizes, { bytes }, 3);
        const packs = packed(sizes, bytes);
        expect(runs.map(({ length }) => length)).toEqual(
          packs.map((pack) => pack.reduce((sum, each) => sum + each, 0)),
        );
        expect(runs.map(({ records }) => records)).toEqual(packs.map((pack) => 3 * pack.length));
        let offset = 0;
        for (const run of runs) {
          expect(run.offset).toBe(offset);
          offset += run.length;
        }
      }),
    );
  });

  it('makes the same runs, however many starts come at a time', () => {
    fc.assert(
      fc.property(
        anySizes,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, most, batch) => {
          for (const limit of [{ bytes: most }, { units: most }]) {
            expect(cutOf(sizes, limit, 1, batch)).toEqual(cutOf(sizes, limit));
          }
        },
      ),
    );
  });

  it('makes runs of so many units, and the last of what is left', () => {
    expect(cutOf([1, 2, 3, 4, 5], { units: 2 })).toEqual([
      { offset: 0, length: 3, records: 2 },
      { offset: 3, length: 7, records: 2 },
      { offset: 10, length: 5, records: 1 },
    ]);
    expect(cutOf([], { units: 2 })).toEqual([]);
  });
});
