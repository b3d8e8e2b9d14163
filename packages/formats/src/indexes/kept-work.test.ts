import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeptWork } from './kept-work.ts';

const anyWork = fc.record({
  points: fc.array(fc.record({ position: fc.nat(), bytes: fc.nat() }), { maxLength: 400 }),
  reads: fc.option(fc.nat(), { nil: undefined }),
});

it('the work on references is kept as it was told, in whatever order it is asked for', () => {
  fc.assert(
    fc.property(fc.array(anyWork, { maxLength: 20 }), fc.array(fc.nat(20)), (works, asked) => {
      const references = works.map((_, number) => ({ name: `r${number}`, length: 10 * number }));
      const kept = new KeptWork(references, (_, number) => works[number] ?? { points: [], reads: 0 });
      const expected = works.map((work, number) => ({ ...work, ...references[number] }));
      expect([...kept]).toEqual(expected);
      expect(kept.length).toBe(works.length);
      for (const number of asked) expect(kept.at(number)).toEqual(expected[number]);
    }),
    { numRuns: 50 },
  );
});
