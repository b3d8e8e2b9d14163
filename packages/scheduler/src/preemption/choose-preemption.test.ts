import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAmounts, amountsFit } from '../fairness/amounts.ts';
import {
  choosePreemption,
  fitAfter,
  type PreemptibleAgent,
  type PreemptibleAttempt,
} from './choose-preemption.ts';

const rule = { patience: 10, grace: 5, maximumPerMinute: 60, minimumPriorityGap: 2 };
const now = 100_000;
const demand = { keeper: 'urgent', priority: 5, waitingSince: 0, wanted: [4] };

const attempt = (id: string, fields: Partial<PreemptibleAttempt> = {}): PreemptibleAttempt => ({
  id,
  resources: [2],
  priority: 0,
  startedAt: 0,
  aboveFair: 0,
  ...fields,
});

const agent = (id: string, attempts: readonly PreemptibleAttempt[], free = 0): PreemptibleAgent => ({
  id,
  free: [free],
  attempts,
});

const choice = (agents: readonly PreemptibleAgent[], maximumVictims?: number) =>
  choosePreemption(demand, agents, rule, now, maximumVictims);

describe('choosePreemption', () => {
  it('ends nobody before the task has waited', () => {
    const agents = [agent('a', [attempt('x'), attempt('y')])];
    expect(choosePreemption({ ...demand, waitingSince: 90_001 }, agents, rule, now)).toBeUndefined();
    expect(choosePreemption({ ...demand, waitingSince: 90_000 }, agents, rule, now)?.agentId).toBe('a');
  });

  it('never ends attempts of a priority that is not lower by the gap, or equal where there is no gap', () => {
    const agents = [agent('a', [attempt('x', { priority: 4 }), attempt('y')])];
    expect(choice(agents)).toBeUndefined();
    const equal = [agent('a', [attempt('x', { priority: 5 }), attempt('y')])];
    expect(choosePreemption(demand, equal, { ...rule, minimumPriorityGap: 0 }, now)).toBeUndefined();
  });

  it.each<[string, Partial<PreemptibleAttempt>, Partial<PreemptibleAttempt>]>([
    ['have a lower priority', { priority: 1, startedAt: 50_000, aboveFair: 0.9 }, { priority: 0 }],
    ['are of a user further above the fair share', { aboveFair: 0.1, startedAt: 50_000 }, { aboveFair: 0.3 }],
    ['lose less work', { startedAt: 10_000 }, { startedAt: 60_000 }],
  ])('ends those that %s, on an agent and of all agents', (_, dearer, cheaper) => {
    const dear = (id: string) => attempt(id, dearer);
    const cheap = (id: string) => attempt(id, cheaper);
    expect(choice([agent('a', [dear('x'), cheap('y')], 2)])?.victims).toEqual(['y']);
    expect(choice([agent('a', [dear('x')], 2), agent('b', [cheap('y')], 2)])?.agentId).toBe('b');
  });

  it('ends few rather than many, all else equal', () => {
    const large = attempt('x', { resources: [4], startedAt: 0 });
    const small = [attempt('y', { startedAt: 50_000 }), attempt('z', { startedAt: 50_000 })];
    expect(choice([agent('a', small), agent('b', [large])])?.agentId).toBe('b');
  });

  it('lets those go that turn out to be superfluous', () => {
    const attempts = [attempt('x', { resources: [1] }), attempt('y', { resources: [4], startedAt: -1 })];
    expect(choice([agent('a', attempts)])).toEqual({ agentId: 'a', victims: ['y'] });
  });

  it('waits for those that are ending already', () => {
    const ending = agent('a', [attempt('x', { isEnding: true }), attempt('y', { isEnding: true })]);
    expect(choice([agent('b', [attempt('v'), attempt('w')]), ending])).toBeUndefined();
    const half = agent('a', [attempt('x', { isEnding: true }), attempt('y'), attempt('z', { startedAt: 1 })]);
    expect(choice([half])).toEqual({ agentId: 'a', victims: ['z'] });
  });

  it('passes over agents where there is room, which something else must be keeping the task from', () => {
    expect(choice([agent('a', [attempt('x')], 4)])).toBeUndefined();
    expect(choice([agent('a', [attempt('x')], 4), agent('b', [attempt('y')], 2)])?.agentId).toBe('b');
  });

  it('ends no more at once than it may', () => {
    const agents = [agent('a', [attempt('x'), attempt('y')])];
    expect(choice(agents, 1)).toBeUndefined();
    expect(choice(agents, 2)?.victims).toHaveLength(2);
  });

  it('ends enough and nobody in vain, and spares high priorities wherever it can', () => {
    fc.assert(
      fc.property(clusters, fc.tuple(fc.nat(8), fc.nat(8)), (agents, wanted) => {
        const asked = { ...demand, wanted };
        const needy = agents.filter(({ free }) => !amountsFit(wanted, free));
        const best = Math.min(...needy.map((one) => leastPriorityToEnd(one, wanted)));
        const chosen = choosePreemption(asked, needy, rule, now);
        expect(chosen === undefined).toBe(best === Number.POSITIVE_INFINITY);
        const on = needy.find(({ id }) => id === chosen?.agentId);
        if (!chosen || !on) return;
        const victims = on.attempts.filter(({ id }) => chosen.victims.includes(id));
        expect(amountsFit(wanted, freeWithout(on, victims))).toBe(true);
        for (const spared of victims) {
          const fewer = victims.filter((victim) => victim !== spared);
          expect(amountsFit(wanted, freeWithout(on, fewer))).toBe(false);
        }
        expect(Math.max(...victims.map(({ priority }) => priority))).toBe(best);
      }),
    );
  });

  it('chooses the same, in whatever order it looks at agents', () => {
    fc.assert(
      fc.property(clusters, fc.tuple(fc.nat(8), fc.nat(8)), fc.nat(4), (agents, wanted, maximum) => {
        const asked = { ...demand, wanted };
        const chosen = choosePreemption(asked, agents, rule, now, maximum);
        expect(choosePreemption(asked, agents.toReversed(), rule, now, maximum)).toEqual(chosen);
        const alone = agents.map((one) => choosePreemption(asked, [one], rule, now, maximum));
        expect(alone.some((one) => one !== undefined)).toBe(chosen !== undefined);
      }),
    );
  });
});

describe('fitAfter', () => {
  it('is when the grace of the victims is over', () => {
    const on = agent('a', [attempt('x'), attempt('y'), attempt('z', { isEnding: true })]);
    const fit = fitAfter({ agentId: 'a', victims: ['y'] }, demand, on, 5, now);
    expect(fit).toEqual({ from: now + 5000, waitsFor: 2, spare: [0] });
  });
});

const clusters = fc
  .array(
    fc.record({
      free: fc.tuple(fc.nat(3), fc.nat(3)),
      attempts: fc.array(
        fc.record({
          resources: fc.tuple(fc.nat(3), fc.nat(3)),
          priority: fc.nat(5),
          startedAt: fc.nat(50_000),
          aboveFair: fc.double({ min: -1, max: 1, noNaN: true }),
        }),
        { maxLength: 7 },
      ),
    }),
    { maxLength: 4 },
  )
  .map((agents): PreemptibleAgent[] =>
    agents.map(({ free, attempts }, a) => ({
      id: `a${a}`,
      free,
      attempts: attempts.map((fields, index) => ({ ...fields, id: `${a}-${index}` })),
    })),
  );

const freeWithout = (on: PreemptibleAgent, victims: readonly PreemptibleAttempt[]): number[] => {
  const room = Array.from(on.free);
  for (const { resources } of victims) addAmounts(room, resources);
  return room;
};

/** The lowest priority such that ending all up to it makes room; `Infinity` if that takes one that may not be ended. */
const leastPriorityToEnd = (on: PreemptibleAgent, wanted: readonly number[]): number => {
  const possible = [0, 1, 2, 3].filter((priority) => {
    const victims = on.attempts.filter((one) => one.priority <= priority);
    return amountsFit(wanted, freeWithout(on, victims));
  });
  return possible[0] ?? Number.POSITIVE_INFINITY;
};
