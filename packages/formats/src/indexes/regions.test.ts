import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRegion, ownershipExpression, parseRegion } from './regions.ts';

const names = new Set(['chr1', 'HLA:01', 'HLA:01:5-9', 'x', 'x:7-9']);

describe('parseRegion', () => {
  it.each([
    ['chr1', { reference: 'chr1', from: 0 }],
    ['chr1:5', { reference: 'chr1', from: 4 }],
    ['chr1:5-', { reference: 'chr1', from: 4 }],
    ['chr1:-9', { reference: 'chr1', from: 0, to: 9 }],
    ['chr1:1,005-2,000', { reference: 'chr1', from: 1004, to: 2000 }],
    ['HLA:01', { reference: 'HLA:01', from: 0 }],
    ['HLA:01:3-4', { reference: 'HLA:01', from: 2, to: 4 }],
    ['{HLA:01}:5-9', { reference: 'HLA:01', from: 4, to: 9 }],
    ['{HLA:01:5-9}', { reference: 'HLA:01:5-9', from: 0 }],
  ])('reads %s', (text, region) => {
    expect(parseRegion(text, names)).toEqual(region);
  });

  it.each([
    ['x:7-9', 'could mean two things'],
    ['chr2', 'there is no reference "chr2"'],
    ['{chr2}:1-2', 'there is no reference "chr2"'],
    ['chr1:9-5', 'ends before it begins'],
    ['chr1:0-5', 'positions from 1 on'],
    ['{chr1}:', 'expected positions'],
    ['chr1:-', 'there is no reference "chr1:-"'],
  ])('refuses %s', (text, complaint) => {
    expect(() => parseRegion(text, names)).toThrow(complaint);
  });
});

describe('formatRegion', () => {
  it('writes what parseRegion reads', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(1000),
        fc.option(fc.nat(1000)),
        (reference, from, length) => {
          const region = { reference, from, ...(length === null ? {} : { to: from + length + 1 }) };
          expect(parseRegion(formatRegion(region), names)).toEqual(region);
        },
      ),
    );
  });
});

describe('ownershipExpression', () => {
  it('leaves out what begins before a region', () => {
    expect(
      ownershipExpression([
        { reference: 'chr1', from: 99, to: 200 },
        { reference: 'chr2', from: 0 },
      ]),
    ).toBe('(rname != "chr1" || pos >= 100)');
    expect(ownershipExpression([{ reference: 'chr1', from: 0 }])).toBeUndefined();
  });
});
