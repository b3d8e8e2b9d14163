import { describe, expect, it } from 'vitest';
import { chooseHoard } from './choose-hoard.ts';

const busy = (id: string, cores: number, expectedEnd: number) => ({
  id,
  free: [0],
  attempts: [{ id: `on ${id}`, resources: [cores], expectedEnd }],
  total: [cores],
});

const idle = (id: string, cores: number) => ({ id, free: [cores], attempts: [], total: [cores] });

const summary = (hoard: ReturnType<typeof chooseHoard>) =>
  hoard.map(({ agentId, wanted, members, fit }) => [agentId, Array.from(wanted), members, fit.from]);

describe('chooseHoard', () => {
  it('takes the agents with room soonest, and counts members that share one', () => {
    const agents = [busy('late', 8, 900), busy('soon', 4, 300), idle('now', 5)];
    expect(summary(chooseHoard([[2], [2], [2], [2], [2]], agents, 99, 100))).toEqual([
      ['now', [4], [0, 1], 100],
      ['soon', [4], [2, 3], 300],
      ['late', [2], [4], 900],
    ]);
  });

  it('finds room for large members first', () => {
    expect(summary(chooseHoard([[1], [4]], [idle('a', 4), idle('b', 2)], 99, 0))).toEqual([
      ['a', [4], [1], 0],
      ['b', [1], [0], 0],
    ]);
  });

  it('provides for no more members than it may hold cores for, and than there are agents for', () => {
    const agents = [idle('a', 4), idle('b', 4)];
    expect(summary(chooseHoard([[3], [3], [3]], agents, 5, 0))).toEqual([['a', [3], [0], 0]]);
    expect(chooseHoard([[3], [3], [3]], agents, 99, 0)).toHaveLength(2);
    expect(chooseHoard([[3]], agents, 2, 0)).toEqual([]);
    expect(chooseHoard([[5]], agents, 99, 0)).toEqual([]);
  });
});
