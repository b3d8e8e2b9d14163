import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testPool } from '../../test-helpers/pools/test-cluster.ts';
import { lifeSeconds, misfitOf } from './holding.ts';
import type { DemandConstraint } from './news.ts';

const name = fc.constantFrom('a', 'b', 'toString');
const value = fc.constantFrom('x', 'y', 'z');
const constraint: fc.Arbitrary<DemandConstraint> = fc.record(
  { field: name, values: fc.array(value, { minLength: 1, maxLength: 2 }), not: fc.constant(true as const) },
  { requiredKeys: ['field', 'values'] },
);
const seconds = fc.integer({ min: 0, max: 5000 });

/** As the scheduler judges an agent: one without the attribute keeps what is asked with `not`, and nothing else. */
function keeps(attributes: ReadonlyMap<string, string>, { field, values, not }: DemandConstraint): boolean {
  const found = attributes.get(field);
  return not ? found === undefined || !values.includes(found) : found !== undefined && values.includes(found);
}

it('a pool holds what the scheduler would put on an agent that has just come up, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, value),
      fc.array(constraint, { maxLength: 3 }),
      fc.record({ walltime: seconds, soft: seconds, hard: seconds, startUp: seconds, run: seconds }),
      (attributes, constraints, { walltime, soft, hard, startUp, run }) => {
        const pool = testPool({
          attributes,
          walltimeSeconds: walltime,
          softMarginSeconds: soft,
          hardMarginSeconds: Math.min(hard, soft),
        });
        const asked = { from: 'f', cpus: 1, memMb: 1, diskMb: 0, gpus: 0, count: 1, at: 0, constraints };
        const isKept = constraints.every((each) => keeps(new Map(Object.entries(attributes)), each));
        expect(misfitOf(pool, asked, startUp)).toBe(isKept ? undefined : 'unmatched');
        const isInTime = startUp < walltime - soft && startUp + run <= walltime - Math.min(hard, soft);
        const expected = isInTime || run === 0 ? undefined : 'too-long';
        expect(misfitOf(pool, { ...asked, longestSeconds: run }, startUp)).toBe(
          isKept ? expected : 'unmatched',
        );
        expect(lifeSeconds(pool, startUp)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
