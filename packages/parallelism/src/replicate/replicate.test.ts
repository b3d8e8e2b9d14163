import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSplit } from '../strategies.ts';
import { planContext } from '../testing/plan-context.ts';
import { largestSeed, seedOf } from './seeds.ts';

const anySeed = fc.integer({ min: 0, max: largestSeed });

describe('seedOf', () => {
  it('gives seeds that every program takes, the same again for the same base', () => {
    fc.assert(
      fc.property(anySeed, fc.nat(1_000_000), (base, replicate) => {
        const seed = seedOf(base, replicate);
        expect(seed).toBe(seedOf(base, replicate));
        expect(Number.isInteger(seed) && seed >= 1 && seed <= largestSeed).toBe(true);
      }),
    );
  });

  it('gives no two replicates of one base the same seed', () => {
    fc.assert(
      fc.property(anySeed, (base) => {
        const seeds = Array.from({ length: 10_000 }, (_, index) => seedOf(base, index));
        expect(new Set(seeds).size).toBe(seeds.length);
      }),
      { numRuns: 10 },
    );
  });

  it('gives neighbouring bases seeds that have nothing to do with each other', () => {
    const seeds = [0, 1, 2, 3].flatMap((base) =>
      Array.from({ length: 1000 }, (_, index) => seedOf(base, index)),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});

describe('the strategy replicate', () => {
  const partsOf = (parameters: unknown) =>
    Array.fromAsync(planSplit({ strategy: 'replicate', parameters }, [], planContext()));

  it('makes a part for each run, with a number and a seed of its own, and cuts nothing', async () => {
    const parts = await partsOf({ replicates: 3, seed: 7 });
    expect(parts.map(({ index, slices, label }) => ({ index, slices, label }))).toEqual([
      { index: 0, slices: [], label: 'replicate 1' },
      { index: 1, slices: [], label: 'replicate 2' },
      { index: 2, slices: [], label: 'replicate 3' },
    ]);
    expect(parts.map(({ values }) => values)).toEqual(
      [0, 1, 2].map((index) => ({ replicate: String(index + 1), seed: String(seedOf(7, index)) })),
    );
  });

  it('refuses what is no number of runs', async () => {
    for (const replicates of [0, 1.5, 100_001, '3']) {
      await expect(async () => partsOf({ replicates })).rejects.toThrow(
        'replicates: expected a whole number, from 1 to 100000, found',
      );
    }
  });
});
