import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentFacts } from '../model/agent.ts';
import type { Constraint } from '../model/constraint.ts';
import { compileConstraints } from './compile.ts';
import { TagCounts } from './tag-counts.ts';

const agent = (
  id: string,
  attributes: Record<string, string> = {},
  more: Partial<AgentFacts> = {},
): AgentFacts => ({
  id,
  hostname: `${id}.example.org`,
  attributes,
  ...more,
});

const compiled = (...constraints: Constraint[]) => compileConstraints({ constraints });

const countsOf = (agents: readonly AgentFacts[]) => {
  const counts = new TagCounts();
  for (const facts of agents) counts.agentKnown(facts);
  return counts;
};

const rack = (id: string, name: string) => agent(id, { rack: name });

const web = { tags: ['web'] };

describe('constraints on the agent alone', () => {
  const ssd = agent('a', { disk: 'ssd', gpu_model: 'A100' }, { region: 'eu', zone: '1' });

  it.each<[string, Constraint, boolean]>([
    ['an equal attribute', { type: 'equals', field: 'disk', value: 'ssd' }, true],
    ['another value', { type: 'equals', field: 'disk', value: 'hdd' }, false],
    ['a missing attribute', { type: 'equals', field: 'tape', value: 'ssd' }, false],
    ['another value with not', { type: 'equals', field: 'disk', value: 'hdd', not: true }, true],
    ['a missing attribute with not', { type: 'equals', field: 'tape', value: 'x', not: true }, true],
    ['one of several values', { type: 'in', field: 'disk', values: ['nvme', 'ssd'] }, true],
    [
      'one of several values with not',
      { type: 'in', field: 'disk', values: ['nvme', 'ssd'], not: true },
      false,
    ],
    ['a pattern of the whole value', { type: 'matches', field: 'disk', pattern: 's+d' }, true],
    ['a pattern of a part of the value', { type: 'matches', field: 'disk', pattern: 's' }, false],
    ['alternatives of which one is longer', { type: 'matches', field: 'disk', pattern: 's|ssd' }, true],
    ['a pattern of a missing attribute', { type: 'matches', field: 'tape', pattern: '.*' }, false],
    ['a pattern with not', { type: 'matches', field: 'disk', pattern: 'h.*', not: true }, true],
    ['a model of processors', { type: 'gpu-model', models: ['V100', 'A100'] }, true],
    ['another model', { type: 'gpu-model', models: ['V100'] }, false],
    ['the host', { type: 'equals', field: '@hostname', value: 'a.example.org' }, true],
    ['the id', { type: 'equals', field: '@agent', value: 'a' }, true],
    ['the region', { type: 'equals', field: '@region', value: 'eu' }, true],
    ['the zone of its region', { type: 'equals', field: '@zone', value: 'eu/1' }, true],
    ['the zone alone', { type: 'equals', field: '@zone', value: '1' }, false],
    ['what every object has', { type: 'matches', field: 'constructor', pattern: '.*' }, false],
  ])('judge %s', (_, constraint, expected) => {
    expect(compiled(constraint).allowsAgent(ssd)).toBe(expected);
    expect(compiled(constraint).failing(ssd, new TagCounts())).toEqual(expected ? undefined : constraint);
  });

  it('need the field that tasks are counted by', () => {
    const bare = agent('b');
    expect(compiled({ type: 'unique', field: 'rack', among: 'web' }).allowsAgent(bare)).toBe(false);
    expect(compiled({ type: 'max-per', field: '@zone', among: 'web', maximum: 2 }).allowsAgent(bare)).toBe(
      false,
    );
    expect(compiled({ type: 'group-by', field: 'rack', among: 'web' }).allowsAgent(bare)).toBe(false);
    expect(compiled({ type: 'away-from', field: 'rack', from: 'web' }).allowsAgent(bare)).toBe(true);
    expect(compiled({ type: 'near', field: 'rack', to: 'web' }).allowsAgent(bare)).toBe(true);
  });
});

describe('constraints that count tasks', () => {
  it('keep a task near others, and let the first one choose', () => {
    const agents = [rack('a', 'r1'), rack('b', 'r1'), rack('c', 'r2'), agent('d')];
    const counts = countsOf(agents);
    const nearDb = compiled({ type: 'near', field: 'rack', to: 'db' });
    const allowed = () => agents.filter((facts) => nearDb.allowsNow(facts, counts)).map(({ id }) => id);
    expect(allowed()).toEqual(['a', 'b', 'c', 'd']);
    counts.placed('a', { tags: ['db'] });
    expect(allowed()).toEqual(['a', 'b']);
    counts.removed('a', { tags: ['db'] });
    expect(allowed()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('wait for news of the agent that the task to be near to is on', () => {
    const counts = countsOf([rack('b', 'r1')]);
    counts.placed('a', { tags: ['db'] });
    const nearDb = compiled({ type: 'near', field: 'rack', to: 'db' });
    expect(nearDb.allowsNow(rack('b', 'r1'), counts)).toBe(false);
    counts.agentKnown(rack('a', 'r1'));
    expect(nearDb.allowsNow(rack('b', 'r1'), counts)).toBe(true);
  });

  it('know the id of an agent of which nothing else is known', () => {
    const counts = new TagCounts();
    counts.placed('a', web);
    expect(compiled({ type: 'unique', field: '@agent', among: 'web' }).allowsNow(agent('a'), counts)).toBe(
      false,
    );
    expect(compiled({ type: 'unique', field: '@hostname', among: 'web' }).allowsNow(agent('a'), counts)).toBe(
      true,
    );
  });

  it('spread tasks over all values, also those that no task is on yet', () => {
    const agents = [rack('a', 'r1'), rack('b', 'r2'), rack('c', 'r3')];
    const counts = countsOf(agents);
    const spread = compiled({ type: 'group-by', field: 'rack', among: 'web' });
    const allowed = () => agents.filter((facts) => spread.allowsNow(facts, counts)).map(({ id }) => id);
    counts.placed('a', web);
    expect(allowed()).toEqual(['b', 'c']);
    counts.placed('b', web);
    expect(allowed()).toEqual(['c']);
    counts.placed('c', web);
    expect(allowed()).toEqual(['a', 'b', 'c']);
  });

  it('take groups that are expected for groups without tasks', () => {
    const counts = countsOf([rack('a', 'r1')]);
    counts.placed('a', web);
    const spread = (groups?: number) =>
      compiled({ type: 'group-by', field: 'rack', among: 'web', ...(groups ? { groups } : {}) });
    expect(spread().allowsNow(rack('a', 'r1'), counts)).toBe(true);
    expect(spread(2).allowsNow(rack('a', 'r1'), counts)).toBe(false);
  });

  it('do not wait for a group that the other constraints forbid, nor for one whose agents are lost', () => {
    const fast = (id: string, name: string) => agent(id, { rack: name, disk: 'ssd' });
    const counts = countsOf([fast('a', 'r1'), fast('b', 'r2'), rack('c', 'r3'), fast('d', 'r4')]);
    const spread = compiled(
      { type: 'equals', field: 'disk', value: 'ssd' },
      { type: 'group-by', field: 'rack', among: 'web' },
    );
    counts.placed('a', web);
    counts.placed('b', web);
    expect(spread.allowsNow(fast('a', 'r1'), counts)).toBe(false);
    counts.agentLost('d');
    expect(spread.allowsNow(fast('a', 'r1'), counts)).toBe(true);
  });

  it('move tasks with the facts of their agent', () => {
    const counts = countsOf([rack('a', 'r1'), rack('b', 'r2')]);
    counts.placed('a', web);
    const unique = compiled({ type: 'unique', field: 'rack', among: 'web' });
    expect(unique.allowsNow(rack('b', 'r2'), counts)).toBe(true);
    counts.agentKnown(rack('a', 'r2'));
    expect(unique.allowsNow(rack('b', 'r2'), counts)).toBe(false);
  });

  it('give an exclusive task an agent for itself, and keep others away from it', () => {
    const counts = countsOf([agent('a'), agent('b')]);
    counts.placed('a', {});
    const exclusive = compiled({ type: 'exclusive' });
    expect(exclusive.allowsNow(agent('a'), counts)).toBe(false);
    expect(exclusive.allowsNow(agent('b'), counts)).toBe(true);
    counts.placed('b', { exclusive: true });
    expect(compiled().allowsNow(agent('b'), counts)).toBe(false);
    expect(compiled().failing(agent('b'), counts)).toEqual({ type: 'exclusive' });
    counts.removed('b', { exclusive: true });
    expect(compiled().allowsNow(agent('b'), counts)).toBe(true);
  });
});

describe('preferences', () => {
  it('are weighed', () => {
    const compiledPreferences = compileConstraints({
      preferences: [
        { constraint: { type: 'equals', field: 'disk', value: 'ssd' }, weight: 3 },
        { constraint: { type: 'unique', field: '@agent', among: 'web' } },
      ],
    });
    const counts = new TagCounts();
    counts.placed('a', web);
    expect(compiledPreferences.preference(agent('a', { disk: 'ssd' }), counts)).toBe((3 + 0.5) / 4);
    expect(compiledPreferences.preference(agent('b', { disk: 'ssd' }), counts)).toBe(1);
    expect(compiledPreferences.preference(agent('b'), counts)).toBe(1 / 4);
  });

  it('are the less kept the more they are broken', () => {
    const spread = compileConstraints({
      preferences: [{ constraint: { type: 'group-by', field: 'rack', among: 'web' } }],
    });
    const agents = [rack('a', 'r1'), rack('b', 'r2'), rack('c', 'r3')];
    const counts = countsOf(agents);
    for (const id of ['a', 'a', 'b']) counts.placed(id, web);
    expect(agents.map((facts) => spread.preference(facts, counts))).toEqual([1 / 3, 1 / 2, 1]);
  });

  it('that are absent are all kept', () => {
    expect(compiled().preference(agent('a'), new TagCounts())).toBe(1);
  });
});

const racks = ['r1', 'r2', 'r3', undefined];
const ids = ['a', 'b', 'c', 'd', 'e'];
const tags = ['web', 'db'];

type Step =
  | { type: 'known'; id: string; rack: string | undefined }
  | { type: 'lost'; id: string }
  | { type: 'placed'; id: string; tag: string }
  | { type: 'removed'; pick: number };

const anyId = fc.constantFrom(...ids);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('known'), id: anyId, rack: fc.constantFrom(...racks) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lost'), id: anyId }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('placed'), id: anyId, tag: fc.constantFrom(...tags) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('removed'), pick: fc.nat() }) },
);

const steps = fc.array(step, { minLength: 20, maxLength: 60 });

/** Counts from scratch at every question. */
class NaiveCounts {
  readonly facts = new Map<string, AgentFacts>();
  readonly present = new Set<string>();
  readonly tasks: { id: string; tag: string }[] = [];

  on(tag: string, value: string) {
    return this.tasks.filter((task) => task.tag === tag && this.facts.get(task.id)?.attributes.rack === value)
      .length;
  }

  lowest(tag: string, expected: number) {
    const values = new Set<string>();
    for (const id of this.present) {
      const value = this.facts.get(id)?.attributes.rack;
      if (value !== undefined) values.add(value);
    }
    const counts = [...values].map((value) => this.on(tag, value));
    return values.size < expected ? 0 : Math.min(...counts, values.size === 0 ? 0 : Number.POSITIVE_INFINITY);
  }

  allows(constraint: Constraint, value: string | undefined): boolean {
    switch (constraint.type) {
      case 'unique':
        return value !== undefined && this.on(constraint.among, value) === 0;
      case 'max-per':
        return value !== undefined && this.on(constraint.among, value) < constraint.maximum;
      case 'away-from':
        return value === undefined || this.on(constraint.from, value) === 0;
      case 'near': {
        const any = this.tasks.some(({ tag }) => tag === constraint.to);
        return !any || (value !== undefined && this.on(constraint.to, value) > 0);
      }
      case 'group-by': {
        if (value === undefined) return false;
        const { among, maximumSkew = 1, groups = 0 } = constraint;
        return this.on(among, value) + 1 - this.lowest(among, groups) <= maximumSkew;
      }
      default:
        throw new Error(`not counted: ${constraint.type}`);
    }
  }
}

const forgetIfGone = (naive: NaiveCounts, agentId: string) => {
  if (naive.present.has(agentId) || naive.tasks.some(({ id }) => id === agentId)) return;
  naive.facts.delete(agentId);
};

const play = (naive: NaiveCounts, counts: TagCounts, next: Step) => {
  if (next.type === 'known') {
    const facts = agent(next.id, next.rack === undefined ? {} : { rack: next.rack });
    naive.facts.set(next.id, facts);
    naive.present.add(next.id);
    counts.agentKnown(facts);
  } else if (next.type === 'lost') {
    naive.present.delete(next.id);
    counts.agentLost(next.id);
    forgetIfGone(naive, next.id);
  } else if (next.type === 'placed') {
    naive.tasks.push({ id: next.id, tag: next.tag });
    counts.placed(next.id, { tags: [next.tag] });
  } else {
    const [task] = naive.tasks.splice(next.pick % Math.max(1, naive.tasks.length), 1);
    if (!task) return;
    counts.removed(task.id, { tags: [task.tag] });
    forgetIfGone(naive, task.id);
  }
};

const counted: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({
    type: fc.constant('unique' as const),
    field: fc.constant('rack'),
    among: fc.constantFrom(...tags),
  }),
  fc.record({
    type: fc.constant('max-per' as const),
    field: fc.constant('rack'),
    among: fc.constantFrom(...tags),
    maximum: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record(
    {
      type: fc.constant('group-by' as const),
      field: fc.constant('rack'),
      among: fc.constantFrom(...tags),
      maximumSkew: fc.integer({ min: 1, max: 2 }),
      groups: fc.integer({ min: 1, max: 4 }),
    },
    { requiredKeys: ['type', 'field', 'among'] },
  ),
  fc.record({ type: fc.constant('near' as const), field: fc.constant('rack'), to: fc.constantFrom(...tags) }),
  fc.record({
    type: fc.constant('away-from' as const),
    field: fc.constant('rack'),
    from: fc.constantFrom(...tags),
  }),
);

const candidates = ['r1', 'r2', 'r3', 'r4', undefined];

const verdicts = (constraint: Constraint, ask: (facts: AgentFacts, value: string | undefined) => boolean) =>
  candidates.map((value) => [
    constraint.type,
    value,
    ask(agent('new', value === undefined ? {} : { rack: value }), value),
  ]);

describe('counts that are kept step by step', () => {
  it('give the same answers as counting anew, whatever happened before', () => {
    fc.assert(
      fc.property(steps, fc.array(counted, { minLength: 1, maxLength: 5 }), (sequence, constraints) => {
        const naive = new NaiveCounts();
        const counts = new TagCounts();
        const checks = constraints.map((constraint) => ({ constraint, check: compiled(constraint) }));
        for (const next of sequence) {
          play(naive, counts, next);
          for (const { constraint, check } of checks) {
            expect(verdicts(constraint, (facts) => check.allowsNow(facts, counts))).toEqual(
              verdicts(constraint, (_, value) => naive.allows(constraint, value)),
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never allow what was refused before while `loosened` stays the same', () => {
    fc.assert(
      fc.property(steps, fc.array(counted, { minLength: 1, maxLength: 2 }), (sequence, constraints) => {
        const naive = new NaiveCounts();
        const counts = new TagCounts();
        const check = compiled(...constraints);
        const allowed = () =>
          candidates.map((value) =>
            check.allowsNow(agent('new', value === undefined ? {} : { rack: value }), counts),
          );
        let before = { loosened: check.loosened(counts), allowed: allowed() };
        for (const next of sequence) {
          play(naive, counts, next);
          const now = { loosened: check.loosened(counts), allowed: allowed() };
          if (now.loosened === before.loosened) {
            expect(now.allowed.some((isAllowed, index) => isAllowed && !before.allowed[index])).toBe(false);
          }
          before = now;
        }
      }),
      { numRuns: 300 },
    );
  });
});
