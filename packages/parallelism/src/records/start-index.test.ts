import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Run, StartIndex } from './start-index.ts';

const cutOf = (sizes: readonly number[], parts: number, capacity?: number): Run[] => {
  const index = new StartIndex(capacity);
  let start = 0;
  for (const size of sizes) {
    index.add(start);
    start += size;
  }
  return index.cut(parts, { offset: 0, end: start });
};

const anySizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5000 })), {
  minLength: 1,
  maxLength: 300,
  size: 'max',
});

describe('StartIndex', () => {
  it('cuts at record starts into exactly as many non-empty runs as were asked for', () => {
    fc.assert(
      fc.property(anySizes, fc.nat(), fc.constantFrom(16, 64, 1024), (sizes, seed, capacity) => {
        const parts = 1 + (seed % Math.min(sizes.length, capacity / 2));
        const runs = cutOf(sizes, parts, capacity);
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
    const lengths = cutOf(Array(100_000).fill(7), 10, 1024).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(70_000 * 1.02);
    expect(Math.min(...lengths)).toBeGreaterThan(70_000 * 0.98);
  });

  it('lets the first run begin where the body does, though the first record begins later', () => {
    const index = new StartIndex();
    for (const start of [5, 10, 15]) index.add(start);
    expect(index.cut(3, { offset: 2, end: 20 })).toEqual([
      { offset: 2, length: 8, records: 1 },
      { offset: 10, length: 5, records: 1 },
      { offset: 15, length: 5, records: 1 },
    ]);
  });
});
