import type { ReferenceWork, Region } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apart, divide } from './divide.ts';
import { type RegionsParameters, regionsParametersSchema } from './parameters.ts';
import { bytesBefore, joinOverlapping, type Territory, wholeReferences, workWithin } from './targets.ts';

const anyWork = (name: string): fc.Arbitrary<ReferenceWork> =>
  fc
    .record({ length: fc.integer({ min: 1, max: 5000 }), bytes: fc.array(fc.nat(900), { maxLength: 8 }) })
    .map(({ length, bytes }): ReferenceWork => {
      const points = [{ position: 0, bytes: 0 }];
      for (const [index, own] of bytes.entries()) {
        const position = Math.ceil(((index + 1) * length) / bytes.length);
        const last = points.at(-1);
        if (last !== undefined && position > last.position)
          points.push({ position, bytes: last.bytes + own });
      }
      return { name, length, points, reads: points.at(-1)?.bytes };
    });

const anyTerritories: fc.Arbitrary<readonly Territory[]> = fc
  .tuple(anyWork('a'), anyWork('b:c'), anyWork('d'))
  .map((references) => [...wholeReferences({ references, unplaced: { bytes: 0, reads: 0 } })]);

const count = fc.integer({ min: 1, max: 30 });
const anyHow: fc.Arbitrary<RegionsParameters> = fc
  .oneof(
    fc.record({ parts: count, equal: fc.constantFrom('work', 'reads', 'bases') }),
    fc.record({ bytes: fc.integer({ min: 50, max: 9000 }) }),
    fc.record({ window: fc.integer({ min: 100, max: 6000 }) }),
    fc.record({ by: fc.constant('contig') }),
  )
  .map((how) => regionsParametersSchema.parse(how));

const sizeOf = ({ from, to = 0 }: Region): number => to - from;

/** Regions of one sequence follow each other from its beginning to its end. */
const expectCover = (whole: Region, regions: readonly Region[]): void => {
  const own = regions.filter(({ reference }) => reference === whole.reference);
  for (const [index, { from }] of own.entries()) expect(from).toBe(own[index - 1]?.to ?? 0);
  expect(own.at(-1)?.to).toBe(whole.to);
};

describe('dividing', () => {
  it('puts every base into one region, in the order of the file, and costs add up to all work', () => {
    fc.assert(
      fc.property(anyTerritories, anyHow, fc.boolean(), (territories, how, isApart) => {
        const divided = divide(territories, how);
        const shares = [...(isApart ? apart(divided, territories) : divided)];
        const regions = shares.flatMap((share) => share.regions);
        for (const { region } of territories) expectCover(region, regions);
        expect(regions.every((region) => sizeOf(region) > 0)).toBe(true);
        if (how.equal === undefined && how.bytes === undefined) {
          const all = territories.reduce((sum, { work }) => sum + (work.points.at(-1)?.bytes ?? 0), 0);
          expect(shares.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(all, 3);
        }
        if (isApart) expect(shares.every(({ regions: own }) => own.length === 1)).toBe(true);
      }),
    );
  });

  it('cuts work of a sequence into that of its stretches', () => {
    fc.assert(
      fc.property(anyWork('a'), fc.nat(5000), (work, place) => {
        const length = work.length ?? 0;
        const cut = 1 + (place % length);
        const stretches = [
          { reference: 'a', from: 0, to: cut },
          ...(cut < length ? [{ reference: 'a', from: cut, to: length }] : []),
        ].map((region) => workWithin(work, region));
        const total = stretches.reduce((sum, { points }) => sum + (points.at(-1)?.bytes ?? 0), 0);
        expect(total).toBeCloseTo(work.points.at(-1)?.bytes ?? 0, 6);
        expect(stretches[0]?.points.at(-1)?.bytes).toBeCloseTo(bytesBefore(work, cut), 6);
      }),
    );
  });

  it('leaves the end open where nobody knows the length of a sequence', () => {
    const work: ReferenceWork = {
      name: 'a',
      length: undefined,
      points: [
        { position: 0, bytes: 0 },
        { position: 250, bytes: 9 },
      ],
      reads: 9,
    };
    const territories = wholeReferences({ references: [work], unplaced: { bytes: 0, reads: 0 } });
    const shares = [...divide(territories, regionsParametersSchema.parse({ window: 100 }))];
    expect(shares.map(({ regions }) => regions)).toEqual([
      [{ reference: 'a', from: 0, to: 100 }],
      [{ reference: 'a', from: 100, to: 200 }],
      [{ reference: 'a', from: 200 }],
    ]);
    expect(() => [
      ...divide(territories, regionsParametersSchema.parse({ parts: 2, equal: 'bases' })),
    ]).toThrow('needs the length of a');
  });

  it('makes one of regions that overlap, and leaves those that touch', () => {
    const region = (from: number, to: number, reference = 'a') => ({ reference, from, to });
    expect(
      joinOverlapping([region(1, 9), region(2, 4), region(8, 12), region(12, 13), region(0, 5, 'b')]),
    ).toEqual([region(1, 12), region(12, 13), region(0, 5, 'b')]);
  });
});
