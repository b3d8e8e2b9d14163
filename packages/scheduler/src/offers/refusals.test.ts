import { describe, expect, it } from 'vitest';
import { Refusals } from './refusals.ts';

const several = (refusals: Refusals, agentId: string, times: number) =>
  Array.from({ length: times }, () => refusals.refuse(agentId));

describe('an offer of no use', () => {
  it('is refused for longer each time, agent by agent, up to a limit', () => {
    const refusals = new Refusals({ shortest: 5, longest: 30 });
    expect(several(refusals, 'a', 5)).toEqual([5, 10, 20, 30, 30]);
    expect(several(refusals, 'b', 2)).toEqual([5, 10]);
  });

  it('is refused shortly again after one of that agent was of use', () => {
    const refusals = new Refusals();
    several(refusals, 'a', 3);
    several(refusals, 'b', 3);
    refusals.forget('a');
    expect(refusals.refuse('a')).toBe(5);
    expect(refusals.refuse('b')).toBe(40);
  });

  it('is refused shortly again after something else waits', () => {
    const refusals = new Refusals();
    several(refusals, 'a', 3);
    refusals.demandChanged();
    expect(several(refusals, 'a', 2)).toEqual([5, 10]);
  });

  it('is refused for long while nothing waits', () => {
    expect(new Refusals({ shortest: 5, longest: 30 }).whileIdle).toBe(30);
  });
});
