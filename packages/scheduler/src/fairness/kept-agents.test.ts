import { describe, expect, it } from 'vitest';
import { KeptAgents } from './kept-agents.ts';

const fit = (from: number, ...spare: number[]) => ({ from, waitsFor: 1, spare });

describe('KeptAgents', () => {
  it('lets others use a kept agent that will be gone in time or leave enough, and its owner always', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [8], fit(1000, 2));
    expect(kept.mayUse('a', [4], 1000)).toBe(true);
    expect(kept.mayUse('a', [4], 1001)).toBe(false);
    expect(kept.mayUse('a', [4], undefined)).toBe(false);
    expect(kept.mayUse('a', [2], undefined)).toBe(true);
    expect(kept.mayUse('a', [4], 1001, 'head')).toBe(true);
    expect(kept.mayUse('b', [4], undefined)).toBe(true);
  });

  it('counts down what may be used by those that stay longer', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [8], fit(1000, 2));
    kept.used('a', [1], 900);
    kept.used('a', [1], undefined, 'head');
    expect(kept.mayUse('a', [2], undefined)).toBe(true);
    kept.used('a', [1], 5000);
    expect(kept.mayUse('a', [2], undefined)).toBe(false);
    expect(kept.mayUse('a', [1], undefined)).toBe(true);
  });

  it('lets nobody in by time where nobody knows when the room will be there', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [8], fit(Number.POSITIVE_INFINITY, 0));
    expect(kept.mayUse('a', [1], 10)).toBe(false);
  });

  it('never moves the promised time further away, but brings it nearer', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [2], fit(1000, 0));
    const attempt = { id: 'x', resources: [2] };
    kept.refresh({ id: 'a', free: [1], attempts: [{ ...attempt, expectedEnd: 4000 }] }, 500);
    expect(kept.of('a')?.from).toBe(1000);
    expect(kept.mayUse('a', [1], 5000)).toBe(false);
    kept.refresh({ id: 'a', free: [1], attempts: [{ ...attempt, expectedEnd: 700 }] }, 500);
    expect(kept.of('a')?.from).toBe(700);
    expect(kept.mayUse('a', [1], undefined)).toBe(true);
  });

  it('gives nothing away of an agent on which there will not be enough any more', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [2], fit(1000, 1));
    kept.refresh({ id: 'a', free: [1], attempts: [] }, 500);
    expect(kept.mayUse('a', [1], undefined)).toBe(false);
  });

  it('forgets agents that are released or lost', () => {
    const kept = new KeptAgents();
    kept.keep('gang', 'a', [1], fit(0, 0));
    kept.keep('gang', 'b', [1], fit(0, 0));
    expect(kept.agentsOf('gang')).toEqual(['a', 'b']);
    expect(kept.agentLost('a')).toBe('gang');
    expect(kept.agentLost('a')).toBeUndefined();
    expect(kept.all.map(({ agentId }) => agentId)).toEqual(['b']);
    kept.release('gang');
    expect(kept.all).toEqual([]);
  });

  it('refuses to keep an agent for two', () => {
    const kept = new KeptAgents();
    kept.keep('head', 'a', [1], fit(0, 0));
    expect(() => kept.keep('gang', 'a', [1], fit(0, 0))).toThrow(/Agent a is kept for head/);
  });
});
