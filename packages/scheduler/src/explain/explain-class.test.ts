import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileConstraints, TagCounts } from '../constraints/index.ts';
import type { AgentFacts, Unavailability } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import type { Resources } from '../model/resources.ts';
import { describeBriefly } from './describe.ts';
import { explainClass, type Funnel, isImpossible } from './explain-class.ts';
import type { AgentView, DemandView } from './views.ts';

const date = 1_000_000;

const size = (cpus: number, mem = 1000, disk = 1000): Resources => ({ cpus, mem, disk });

const facts = (id: string, attributes: Record<string, string> = {}): AgentFacts => ({
  id,
  hostname: id,
  attributes,
});

/** An agent of which all is free. */
const agent = (id: string, total: Resources, more: Partial<AgentView> = {}): AgentView => ({
  facts: facts(id),
  total,
  free: [{ role: '*', resources: total }],
  attempts: 0,
  ...more,
});

const demand = (resources: Resources, more: Partial<DemandView> = {}): DemandView => {
  const constraints = more.constraints ?? [];
  return {
    waiting: 1,
    resources,
    tags: [],
    ...more,
    constraints,
    compiled: compileConstraints({ constraints }),
  };
};

const reasons = ({ fallen }: Funnel) => fallen.map(({ reason, agents }) => [reason.type, agents]);

const explain = (view: DemandView, agents: readonly AgentView[], counts = new TagCounts()) =>
  explainClass(view, agents, counts, date);

const ssd: Constraint = { type: 'equals', field: 'disk', value: 'ssd' };

describe('an explanation', () => {
  it('lets each agent fall by the first reason there is', () => {
    const fast = (id: string) => ({ facts: facts(id, { disk: 'ssd' }) });
    const agents = [
      agent('slow', size(1, 1)),
      agent('small', size(2), fast('small')),
      agent('smaller', size(1, 1), fast('smaller')),
      agent('forgetful', size(8, 10), fast('forgetful')),
      agent('fine', size(8), fast('fine')),
    ];
    const { ever, now, impossible } = explain(demand(size(4, 100), { constraints: [ssd] }), agents);
    expect(ever).toEqual({
      agents: 5,
      left: 1,
      fallen: [
        { reason: { type: 'constraint', constraint: ssd }, agents: 1 },
        { reason: { type: 'amount', name: 'cpus', has: 2, wanted: 4 }, agents: 2 },
        { reason: { type: 'amount', name: 'mem', has: 10, wanted: 100 }, agents: 1 },
      ],
    });
    expect(now).toEqual(ever);
    expect(impossible).toBe(false);
  });

  it('tells what is free from what there is', () => {
    const agents = [
      agent('busy', size(8), { free: [] }),
      agent('other', size(8), { free: [{ role: 'db', resources: size(8) }] }),
      agent('part', size(8), { free: [{ role: 'web', resources: size(1) }] }),
      agent('avoided', size(8), { free: [{ role: 'web', resources: size(8) }], avoided: true }),
      agent('kept', size(8), { free: [{ role: 'web', resources: size(8) }], keptFor: 'gang g' }),
      agent('own', size(8), { free: [{ role: 'web', resources: size(8) }], keptFor: 'me' }),
    ];
    const { ever, now } = explain(demand(size(4), { role: 'web', keeper: 'me' }), agents);
    expect(ever).toMatchObject({ left: 6, fallen: [] });
    expect(now.left).toBe(1);
    expect(reasons(now)).toEqual([
      ['nothing-offered', 1],
      ['role', 1],
      ['amount', 1],
      ['avoided', 1],
      ['kept', 1],
    ]);
  });

  it('tells what is held out from what was, before it was given back', () => {
    const givenBack = (role: string) => ({ role, resources: size(8), isGivenBack: true });
    const agents = [
      agent('given-back', size(8), { free: [givenBack('web')] }),
      agent('both', size(8), { free: [givenBack('web'), { role: 'web', resources: size(4) }] }),
      agent('too-little', size(8), { free: [givenBack('web'), { role: 'web', resources: size(1) }] }),
      agent('of-others', size(8), { free: [givenBack('web'), { role: 'db', resources: size(8) }] }),
    ];
    const { ever, now } = explain(demand(size(4), { role: 'web' }), agents);
    expect(ever.left).toBe(4);
    expect(now.left).toBe(1);
    expect(reasons(now)).toEqual([['given-back', 3]]);
  });

  it('says that a quota is used up only where all else would do', () => {
    const agents = [agent('a', size(8)), agent('b', size(1))];
    const { now } = explain(demand(size(4), { overQuota: 'queue short' }), agents);
    expect(reasons(now)).toEqual([
      ['amount', 1],
      ['quota', 1],
    ]);
  });

  it('counts tasks that are out for what is possible now, and not for what ever is', () => {
    const counts = new TagCounts();
    counts.placed('a', { tags: ['web'] });
    const alone: Constraint = { type: 'unique', field: '@agent', among: 'web' };
    const { ever, now } = explain(demand(size(1), { constraints: [alone] }), [agent('a', size(8))], counts);
    expect(ever.left).toBe(1);
    expect(now.fallen).toEqual([{ reason: { type: 'constraint', constraint: alone }, agents: 1 }]);
  });

  it.each<[string, Unavailability, number | undefined, boolean, boolean]>([
    ['soon and for ever, with time for it', { start: date + 5000 }, 5000, true, true],
    ['soon and for ever, too soon for it', { start: date + 5000 }, 5001, false, false],
    ['soon and for ever, who knows', { start: date + 5000 }, undefined, true, true],
    ['soon for a while, too soon for it', { start: date + 5000, duration: 10 }, 5001, true, false],
    ['now for a while', { start: date - 5, duration: 10 }, 1, true, false],
    ['no more', { start: date - 10, duration: 10 }, 1, true, true],
  ])('knows that an agent is gone: %s', (_, unavailability, runMilliseconds, ever, now) => {
    const leaving = agent('a', size(8), { facts: { ...facts('a'), unavailability } });
    const explanation = explain(demand(size(4), { runMilliseconds }), [leaving]);
    expect([explanation.ever.left, explanation.now.left]).toEqual([ever ? 1 : 0, now ? 1 : 0]);
    expect(explanation.impossible).toBe(!ever);
  });

  it.each<[string, number, number | undefined, boolean]>([
    ['with time for it', 5000, 5000, true],
    ['too soon for it', 5000, 5001, false],
    ['who knows, in good time', 60_000, undefined, true],
    ['who knows, in its last stretch', 59_999, undefined, false],
  ])('knows that an agent ends: %s', (_, left, runMilliseconds, stays) => {
    const ending = agent('a', size(8), { facts: { ...facts('a'), plannedEnd: date + left } });
    const view = demand(size(4), { runMilliseconds, lastStretch: 60_000 });
    const explanation = explain(view, [ending]);
    const fallen = stays ? [] : [['ends-too-soon', 1]];
    expect([reasons(explanation.ever), reasons(explanation.now)]).toEqual([fallen, fallen]);
    expect(describeBriefly(explanation)).toContain(
      stays ? '1 holds out enough' : 'no known agent could ever run it: of 1 agent 1 ends too soon',
    );
  });

  it('takes the best of what one agent holds out for several roles', () => {
    const free = [
      { role: 'a', resources: size(1) },
      { role: 'b', resources: size(8) },
    ];
    expect(explain(demand(size(4)), [agent('a', size(9), { free })]).now.left).toBe(1);
  });

  it('does not call impossible what an agent of unknown size may run, or what no agent is known for', () => {
    const { total: _, ...unknown } = agent('a', size(1));
    const { ever, impossible } = explain(demand(size(4)), [unknown]);
    expect(reasons(ever)).toEqual([['unknown-size', 1]]);
    expect(impossible).toBe(false);
    expect(explain(demand(size(1)), [unknown]).ever.left).toBe(1);
    expect(explain(demand(size(4)), []).impossible).toBe(false);
  });

  it('sees that others keep a task without constraints from an agent they have for themselves', () => {
    const counts = new TagCounts();
    counts.placed('a', { exclusive: true });
    const { compiled: _, ...bare } = demand(size(1));
    expect(reasons(explain(bare, [agent('a', size(8))], counts).now)).toEqual([['constraint', 1]]);
  });

  it('accounts for every agent once, and agrees with the short question whether it is impossible', () => {
    const anySize = fc.record({
      cpus: fc.integer({ min: 0, max: 4 }),
      mem: fc.integer({ min: 0, max: 4 }),
      disk: fc.integer({ min: 0, max: 4 }),
    });
    const anyAgent = fc
      .record({ total: anySize, disk: fc.constantFrom('ssd', 'hdd'), isKnown: fc.boolean() })
      .map(({ total, disk, isKnown }) => {
        const view = agent('a', total, { facts: facts('a', { disk }) });
        return isKnown ? view : { ...view, total: undefined };
      });
    const seen = { impossible: 0, possible: 0 };
    fc.assert(
      fc.property(fc.array(anyAgent, { maxLength: 5 }), anySize, fc.boolean(), (agents, wanted, isFast) => {
        const view = demand(wanted, { constraints: isFast ? [ssd] : [] });
        const { ever, now, impossible } = explain(view, agents);
        for (const { agents: all, left, fallen } of [ever, now]) {
          expect(all).toBe(agents.length);
          expect(left + fallen.reduce((sum, each) => sum + each.agents, 0)).toBe(all);
        }
        expect(isImpossible(view, agents, date)).toBe(impossible);
        seen[impossible ? 'impossible' : 'possible']++;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.impossible, seen.possible)).toBeGreaterThan(20);
  });
});
