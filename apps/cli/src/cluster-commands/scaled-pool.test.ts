import { describe, expect, it } from 'vitest';
import { scaledPool } from './scaled-pool.ts';

const before = { min: 2, max: 10 };

describe('scaledPool', () => {
  it.each([
    [{ agents: 5 }, { min: 5, max: 5 }],
    [{ agents: 0 }, { min: 0, max: 0 }],
    [{ max: 20 }, { min: 2, max: 20 }],
    [{ max: 1 }, { min: 1, max: 1 }],
    [{ min: 12 }, { min: 12, max: 12 }],
    [
      { min: 0, max: 7 },
      { min: 0, max: 7 },
    ],
  ])('makes of 2 to 10 by %j %j', (said, expected) => {
    expect(scaledPool(before, said)).toEqual(expected);
  });

  it.each([
    [{}, 'say how many'],
    [{ agents: 1, max: 2 }, '--agents means neither more nor fewer'],
    [{ min: 3, max: 2 }, '--min: expected at most --max, which is 2; it is 3'],
  ])('refuses %j', (said, message) => {
    expect(() => scaledPool(before, said)).toThrow(message);
  });
});
