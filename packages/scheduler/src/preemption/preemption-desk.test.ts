import { describe, expect, it } from 'vitest';
import { HeadOfLine } from '../fairness/head-of-line.ts';
import { KeptAgents } from '../fairness/kept-agents.ts';
import type { PreemptibleAgent } from './choose-preemption.ts';
import { PreemptionDesk } from './preemption-desk.ts';

const rule = { patience: 10, grace: 5, maximumPerMinute: 2, minimumPriorityGap: 1 };

const demand = (keeper: string) => ({ keeper, priority: 5, waitingSince: 0, wanted: [2] });

const full = (id: string, ...priorities: number[]): PreemptibleAgent => ({
  id,
  free: [0],
  attempts: priorities.map((priority, index) => ({
    id: `${id}-${index}`,
    resources: [1],
    priority,
    startedAt: 0,
    aboveFair: 0,
  })),
});

describe('PreemptionDesk', () => {
  it('is off without a rule', () => {
    const desk = new PreemptionDesk(undefined, new KeptAgents());
    expect(desk.dueAt({ waitingSince: 0 }, 1e9)).toBe(Number.POSITIVE_INFINITY);
    expect(desk.consider(demand('x'), [full('a', 0, 0)], 1e9)).toBeUndefined();
  });

  it('ends attempts for a task and keeps their room for it, open to those that are gone when the grace is over', () => {
    const kept = new KeptAgents();
    const desk = new PreemptionDesk(rule, kept);
    expect(desk.consider(demand('x'), [full('a', 0, 0, 9)], 10_000)).toEqual({
      keeper: 'x',
      agentId: 'a',
      victims: ['a-1', 'a-0'],
      graceSeconds: 5,
    });
    expect(kept.of('a')).toMatchObject({ owner: 'x', from: 15_000 });
    expect([kept.mayUse('a', [1], undefined), kept.mayUse('a', [1], 15_000)]).toEqual([false, true]);
    desk.release('x');
    expect(kept.all).toEqual([]);
  });

  it('ends nobody else for a task that has its place, until the agent is lost', () => {
    const kept = new KeptAgents();
    const desk = new PreemptionDesk({ ...rule, maximumPerMinute: 9 }, kept);
    desk.consider(demand('x'), [full('a', 0, 0)], 10_000);
    expect(desk.consider(demand('x'), [full('b', 0, 0)], 11_000)).toBeUndefined();
    kept.agentLost('a');
    expect(desk.consider(demand('x'), [full('b', 0, 0)], 11_000)?.agentId).toBe('b');
  });

  it('ends no more in a minute than it may, and tells when it may again', () => {
    const desk = new PreemptionDesk(rule, new KeptAgents());
    desk.consider(demand('x'), [full('a', 0, 0)], 10_000);
    expect(desk.consider(demand('y'), [full('b', 0, 0)], 11_000)).toBeUndefined();
    expect(desk.dueAt({ waitingSince: 0 }, 11_000)).toBe(70_000);
    expect(desk.consider(demand('y'), [full('b', 0, 0)], 70_000)?.keeper).toBe('y');
  });

  it('leaves agents alone that are kept for another', () => {
    const kept = new KeptAgents();
    kept.keep('gang', 'a', [2], { from: 0, waitsFor: 2, spare: [0] });
    const desk = new PreemptionDesk(rule, kept);
    expect(desk.consider(demand('x'), [full('a', 0, 0)], 10_000)).toBeUndefined();
  });

  it('takes the place of what was kept for the first in line', () => {
    const kept = new KeptAgents();
    const line = new HeadOfLine({ patience: 0 }, kept);
    line.keep({ ...demand('x'), role: '*' }, [full('a', 9, 9)], 0);
    const desk = new PreemptionDesk(rule, kept);
    expect(desk.consider(demand('x'), [full('a', 9, 9), full('b', 0, 0)], 10_000)?.agentId).toBe('b');
    expect(kept.agentsOf('x')).toEqual(['b']);
  });
});
