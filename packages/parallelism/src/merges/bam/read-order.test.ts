import { describe, expect, it } from 'vitest';
import { withSortOrder } from '../sam/sort-order.ts';
import { compareNames } from './read-order.ts';

describe('the order of names', () => {
  it('has numbers as numbers, and what begins alike before what goes on', () => {
    const names = ['', 'r', 'r1', 'r2', 'r2:3', 'r2:20', 'r10', 'r10a2', 'r10a11', 'ra', 's'];
    const shuffled = [...names].reverse();
    expect(shuffled.sort(compareNames)).toEqual(names);
    const zeros = [
      'a00',
      'a0',
      'a01b2',
      'a1b1',
      'a1b10',
      'a005',
      'a05',
      'a05b',
      'a05x10',
      'a5',
      'a5a',
      'a5x9',
    ];
    expect([...zeros].reverse().sort(compareNames)).toEqual(zeros);
    expect(compareNames('a007b', 'a007b')).toBe(0);
  });
});

describe('the header of what was sorted', () => {
  it('says so, whatever it said before', () => {
    expect(withSortOrder('@HD\tVN:1.5\tSO:unsorted\tGO:query\n@CO\tSO:x\n', 'coordinate')).toBe(
      '@HD\tVN:1.5\tSO:coordinate\n@CO\tSO:x\n',
    );
    expect(withSortOrder('@CO\tx\n', 'queryname')).toBe('@HD\tVN:1.6\tSO:queryname\n@CO\tx\n');
  });
});
