import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadingNode } from './leading-node.ts';

const numbered = (sequence: number): string => `json.info_${String(sequence).padStart(10, '0')}`;

describe('leadingNode', () => {
  it('is the one with the lowest number, in whatever order they come', () => {
    const sequences = fc.uniqueArray(fc.nat(), { minLength: 1 });
    fc.assert(
      fc.property(sequences, (all) => {
        const names = ['log_replicas', ...all.map(numbered)];
        expect(leadingNode(names)?.sequence).toBe(Math.min(...all));
      }),
    );
  });

  it.each([
    [[numbered(12), 'info_0000000003'], { name: 'info_0000000003', label: 'info', sequence: 3 }],
    [['0000000007'], { name: '0000000007', label: undefined, sequence: 7 }],
    [
      [numbered(2 ** 31 - 1), 'json.info_-2147483648'],
      { name: 'json.info_-2147483648', label: 'json.info', sequence: -(2 ** 31) },
    ],
    [['log_replicas', 'json.info_', '_1x', ''], undefined],
    [[], undefined],
  ])('of %j is %j', (names, expected) => {
    expect(leadingNode(names)).toStrictEqual(expected);
  });
});
