import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planContext } from '../testing/plan-context.ts';
import { Pace } from './pace.ts';

/** How much each part has of a work that takes so many seconds to start, and so many for each byte. */
const partsOf = async (total: number, minutes: number, start: number, each: number): Promise<number[]> => {
  const parts: number[] = [];
  const took = async (index: number) => start + each * (parts[index] ?? Number.NaN);
  const pace = new Pace('records', minutes, total, planContext({ took }));
  for (let left = total; left > 0; ) {
    const part = Math.min(left, pace.amount);
    parts.push(part);
    await pace.learn(parts.length - 1, part);
    left -= part;
  }
  return parts;
};

describe('Pace', () => {
  it('learns how long parts take from a few that are small, whatever the start of the command takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2e7, max: 1e10 }),
        fc.integer({ min: 3, max: 150 }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        async (total, count, startShare) => {
          // So many parts of an hour, of which the start takes a share.
          const start = startShare * 3600;
          const each = ((3600 - start) * count) / total;
          const parts = await partsOf(total, 60, start, each);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
          const seconds = parts.map((part) => start + each * part);
          expect(Math.max(...seconds)).toBeLessThan(3600 * 1.2);
          const large = seconds.slice(0, -1).filter((each) => each > 3600 * 0.5);
          expect(seconds.length - large.length).toBeLessThanOrEqual(5);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('asks for no probe where earlier runs have told the pace', async () => {
    const pace = new Pace('records', 2, 1e9, planContext({ pace: 0.001 }));
    expect(pace.amount).toBe(120_000);
    await pace.learn(0, 120_000);
    expect(pace.amount).toBe(120_000);
  });

  it('goes on with ever larger probes where clocks count nothing, and not for ever', async () => {
    const parts = await partsOf(1e12, 1, 0, 0);
    expect(parts.length).toBeLessThan(40);
  });

  it('refuses minutes where nobody can tell how long a part took', () => {
    expect(() => new Pace('blocks', 1, 1e6, planContext())).toThrow('strategy blocks: minutes needs to see');
  });
});
