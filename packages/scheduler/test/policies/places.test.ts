import type { AgentFacts, Constraint, TaskSpec } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { MatcherFixture } from '../../src/testing/matcher-fixture.ts';

const plenty = { cpus: 64, mem: 64_000, disk: 64_000 };

const agent = (id: string, facts: Partial<AgentFacts> = {}): AgentFacts => ({
  id,
  hostname: `host-${id}`,
  attributes: {},
  ...facts,
});

/** Where tasks are put that ask for this, on agents with plenty of everything. */
function put(agents: readonly AgentFacts[], specs: Readonly<Record<string, Partial<TaskSpec>>>) {
  const cluster = new MatcherFixture({ placement: 'first-fit' });
  for (const [id, spec] of Object.entries(specs)) cluster.add(id, spec);
  for (const facts of agents) cluster.offer(facts, plenty);
  return cluster.placed();
}

const having = (constraint: Constraint): Partial<TaskSpec> => ({ constraints: [constraint] });
const many = (count: number, spec: Partial<TaskSpec>): Record<string, Partial<TaskSpec>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, spec]));

/** How many tasks each place got. */
const tally = (where: Record<string, string>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const place of Object.values(where)) counts[place] = (counts[place] ?? 0) + 1;
  return counts;
};

describe('constraints that look at the agent', () => {
  const agents = [
    agent('a', { attributes: { rack: 'r1', gpu_model: 'v100' } }),
    agent('b', { attributes: { rack: 'r2', gpu_model: 'a100' }, region: 'eu', zone: '1' }),
    agent('c', { attributes: { rack: 'x3' }, region: 'us', zone: '1' }),
  ];

  test.each<[string, Constraint, string | undefined]>([
    ['equals', { type: 'equals', field: 'rack', value: 'r2' }, 'b'],
    ['equals, not', { type: 'equals', field: 'rack', value: 'r1', not: true }, 'b'],
    ['in', { type: 'in', field: '@hostname', values: ['host-c', 'host-d'] }, 'c'],
    ['matches the whole value', { type: 'matches', field: 'rack', pattern: '[a-z]3' }, 'c'],
    ['matches, not', { type: 'matches', field: 'rack', pattern: 'r.', not: true }, 'c'],
    ['matches no part of a value', { type: 'matches', field: 'rack', pattern: 'r' }, undefined],
    ['the model of graphics processors', { type: 'gpu-model', models: ['a100', 'h100'] }, 'b'],
    ['the region', { type: 'equals', field: '@region', value: 'us' }, 'c'],
    ['the zone, with its region', { type: 'equals', field: '@zone', value: 'eu/1' }, 'b'],
  ])('%s', (_, constraint, where) => {
    expect(put(agents, { task: having(constraint) }).task).toBe(where);
  });
});

describe('constraints that count tasks', () => {
  const zones = ['a', 'b', 'c', 'd'].map((id, index) => agent(id, { region: 'eu', zone: `${index % 2}` }));

  test('unique: one on each host', () => {
    const spec = { tags: ['t'], ...having({ type: 'unique', field: '@hostname', among: 't' }) };
    expect(tally(put(zones, many(6, spec)))).toEqual({ a: 1, b: 1, c: 1, d: 1 });
  });

  test('max per zone', () => {
    const spec = { tags: ['t'], ...having({ type: 'max-per', field: '@zone', among: 't', maximum: 2 }) };
    expect(tally(put(zones, many(9, spec)))).toEqual({ a: 2, b: 2 });
  });

  test('group by zone with a skew of one, and of two', () => {
    const spread = (maximumSkew: number) => {
      const spec = {
        tags: ['t'],
        ...having({ type: 'group-by', field: '@zone', among: 't', maximumSkew, groups: 3 }),
      };
      return tally(put(zones, many(12, spec)));
    };
    // The third zone that is expected has none yet.
    expect([spread(1), spread(2)]).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 2 },
    ]);
    const spec = { tags: ['t'], ...having({ type: 'group-by', field: '@zone', among: 't' }) };
    expect(tally(put(zones, many(12, spec)))).toEqual({ a: 6, b: 6 });
  });

  test('near and away: beside the data, and not beside those that do not get on with it', () => {
    const cluster = new MatcherFixture();
    cluster.add('data', {
      tags: ['data'],
      ...having({ type: 'equals', field: '@hostname', value: 'host-c' }),
    });
    for (const facts of zones) cluster.offer(facts, plenty);
    cluster.match();
    cluster.add('reader', having({ type: 'near', field: '@zone', to: 'data' }));
    cluster.add('stranger', having({ type: 'away-from', field: '@zone', from: 'data' }));
    for (const facts of zones) cluster.offer(facts, plenty);
    const { reader, stranger } = cluster.placed();
    expect([['a', 'c'].includes(reader ?? ''), ['b', 'd'].includes(stranger ?? '')]).toEqual([true, true]);
  });

  test('count tasks that ended no more', () => {
    const cluster = new MatcherFixture();
    const spec = { tags: ['t'], ...having({ type: 'unique', field: '@zone', among: 't' }) };
    for (const id of ['1', '2', '3']) cluster.add(id, spec);
    for (const facts of zones) cluster.offer(facts, plenty);
    expect(Object.keys(cluster.placed())).toEqual(['1', '2']);
    cluster.end([...cluster.running.keys()][0] ?? '');
    for (const facts of zones) cluster.offer(facts, plenty);
    expect(Object.keys(cluster.placed())).toEqual(['3']);
  });
});

describe('preferences', () => {
  test('decide by their weights where tasks are put, before the placement policy does, and forbid nothing', () => {
    const agents = [
      agent('a', { attributes: { disk: 'hdd' } }),
      agent('b', { attributes: { disk: 'ssd' } }),
      agent('c', { attributes: { disk: 'ssd', old: 'yes' } }),
    ];
    const onDisk = (value: string, weight: number) => ({
      constraint: { type: 'equals', field: 'disk', value } as const,
      weight,
    });
    const notOld = { constraint: { type: 'equals', field: 'old', value: 'yes', not: true } as const };
    expect(
      put(agents, {
        ssd: { preferences: [onDisk('ssd', 2), notOld] },
        hdd: { preferences: [onDisk('hdd', 2), notOld] },
        nvme: { preferences: [onDisk('nvme', 9)] },
      }),
    ).toEqual({ ssd: 'b', hdd: 'a', nvme: 'a' });
  });
});

describe('placement', () => {
  test('is by the policy that the task names, also by one of its owner', () => {
    const youngest = { name: 'youngest', score: ({ age }: { age: number }) => age };
    const cluster = new MatcherFixture({ placement: 'best-fit' }, [youngest]);
    cluster.add('best');
    cluster.add('spread', { placement: 'spread' });
    cluster.add('own', { placement: 'youngest' });
    cluster.offer('small', { cpus: 2 });
    cluster.offer('large', { cpus: 8 });
    cluster.offer('young', { cpus: 4 });
    expect(cluster.placed()).toEqual({ best: 'small', spread: 'large', own: 'young' });
  });
});

describe('what passes an agent’s end', () => {
  test('is not put there, by the time of the run that is expected or else of the longest', () => {
    const going = agent('going', { unavailability: { start: 3_600_000 } });
    const hour = { expectedRunSeconds: 3000 };
    const where = put([going], {
      fits: hour,
      'too long': { expectedRunSeconds: 4000 },
      'may be too long': { maximumRunSeconds: 4000 },
      'will not be': { expectedRunSeconds: 3000, maximumRunSeconds: 9000 },
    });
    expect(Object.keys(where)).toEqual(['fits', 'will not be']);
  });
});
