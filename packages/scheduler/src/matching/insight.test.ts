import { describe, expect, test } from 'vitest';
import type { KnownAgent } from '../model/agent.ts';
import { defaultPolicy } from '../model/policy.ts';
import type { TaskSpec } from '../model/task.ts';
import { aTask } from '../testing/core-fixture.ts';
import { MatcherFixture } from '../testing/matcher-fixture.ts';
import { Matcher } from './matcher.ts';

const agent = (id: string, cpus: number, attributes: Record<string, string> = {}): KnownAgent => ({
  id,
  hostname: id,
  attributes,
  total: { cpus, mem: 10_000, disk: 10_000 },
});

const date = Date.UTC(2026, 0, 1);

/** A matcher that knows some agents, with tasks that wait. */
function waiting(agents: readonly KnownAgent[], specs: readonly TaskSpec[], final = true): Matcher {
  const matcher = new Matcher(defaultPolicy);
  matcher.agents(agents, final);
  for (const [sequence, spec] of specs.entries()) {
    matcher.add({ spec, resources: spec.resources, sequence, since: 0 });
  }
  return matcher;
}

const cores = (cpus: number) => ({ resources: { cpus, mem: 64, disk: 0 } });
const impossibleIn = (matcher: Matcher) => matcher.match(0, date).impossible;

describe('what can never run where there will be no other agents', () => {
  test('is told of with all its tasks, and the closest miss', () => {
    const matcher = waiting(
      [agent('a', 4), agent('b', 2)],
      [aTask('x', cores(8)), aTask('y', cores(8)), aTask('z')],
    );
    expect(impossibleIn(matcher)).toEqual([
      {
        taskIds: ['x', 'y'],
        reason: 'no known agent could ever run it: it asks for 8 cpus; the largest of 2 agents has 4',
      },
    ]);
  });

  test('is told of a gang by its tasks, though they wait by themselves', () => {
    const gang = { id: 'g', size: 2 };
    const matcher = waiting(
      [agent('a', 4)],
      [aTask('x', { ...cores(8), gang }), aTask('y', { ...cores(1), gang })],
    );
    expect(impossibleIn(matcher).map(({ taskIds }) => taskIds)).toEqual([['x']]);
  });

  test('is told of a group by its tasks, which are too much for one agent together', () => {
    const group = { id: 'g', size: 2 };
    const matcher = waiting(
      [agent('a', 4)],
      [aTask('x', { ...cores(3), group }), aTask('y', { ...cores(3), group })],
    );
    expect(impossibleIn(matcher).map(({ taskIds }) => taskIds)).toEqual([['x', 'y']]);
  });

  test('is judged anew when other agents are known', () => {
    const matcher = waiting([agent('a', 8)], [aTask('x', cores(8))]);
    expect(impossibleIn(matcher)).toEqual([]);
    matcher.agents([agent('a', 4)], true);
    expect(impossibleIn(matcher)).toHaveLength(1);
  });

  test('is nothing where others may come', () => {
    expect(impossibleIn(waiting([agent('a', 4)], [aTask('x', cores(8))], false))).toEqual([]);
  });
});

describe('the wish', () => {
  test('is for the smallest that waits, tasks of gangs included', () => {
    const gang = { id: 'g', size: 2 };
    const specs = [
      aTask('large', cores(8)),
      aTask('m-1', { ...cores(1), gang }),
      aTask('m-2', { ...cores(1), gang }),
    ];
    const { smallest } = waiting([], specs).wish();
    expect(smallest).toEqual([{ cpus: 1, mem: 64, disk: 0 }]);
  });

  test('is for agents that suit anything that waits, tasks of gangs included', () => {
    const inRack = (value: string) => ({ constraints: [{ type: 'equals', field: 'rack', value } as const] });
    const specs = [aTask('x', inRack('a')), aTask('m', { ...inRack('b'), gang: { id: 'g', size: 1 } })];
    const { agents } = waiting([], specs).wish();
    expect(agents.flat().map(({ operand }) => operand)).toEqual(['a', 'b']);
  });
});

describe('why tasks wait', () => {
  test('is told for each kind of them, tasks of gangs included', () => {
    const specs = [aTask('x'), aTask('y'), aTask('m', { ...cores(8), gang: { id: 'g', size: 2 } })];
    const explained = waiting([agent('a', 4)], specs).explain(date, 10, new Set());
    expect(explained.map(({ taskIds, explanation }) => [taskIds, explanation.impossible])).toEqual([
      [['x', 'y'], false],
      [['m'], true],
    ]);
  });

  test('counts what agents held out last, and that they are avoided', () => {
    const matcher = waiting([agent('a', 4), agent('b', 4)], [aTask('x', cores(3))], false);
    const { total: _total, ...facts } = agent('a', 4);
    matcher.offers([{ id: 'o', agent: facts, resources: { cpus: 2, mem: 10_000, disk: 10_000 } }]);
    matcher.match(0, date);
    const [first] = matcher.explain(date, 10, new Set(['b']));
    expect(first?.explanation.now.fallen.map(({ reason, agents }) => [reason.type, agents])).toContainEqual([
      'amount',
      1,
    ]);
    expect(first?.explanation.now.left).toBe(0);
  });

  test('counts what an agent held out for each of its roles, and nothing that was used since', () => {
    const matcher = waiting([agent('a', 4)], [aTask('x', { ...cores(3), role: 'r' })], false);
    const { total: _total, ...facts } = agent('a', 4);
    const offer = (role: string, cpus: number) => ({
      id: `${role}-${cpus}`,
      agent: facts,
      role,
      resources: { cpus, mem: 10_000, disk: 10_000 },
    });
    const fallen = () => {
      const [first] = matcher.explain(date, 10, new Set());
      return first?.explanation.now.fallen.map(({ reason }) => reason);
    };
    matcher.offers([offer('r', 2), offer('s', 1)]);
    matcher.match(0, date);
    expect(fallen()).toEqual([{ type: 'amount', name: 'cpus', wanted: 3, has: 2 }]);
    const small = aTask('y', { ...cores(1), role: 'r' });
    matcher.add({ spec: small, resources: small.resources, sequence: 9, since: 0 });
    matcher.offers([offer('r', 1)]);
    expect(
      matcher.match(1, date).placements.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId)),
    ).toEqual(['y']);
    expect(fallen()?.map(({ type }) => type)).toEqual(['role']);
  });

  test('is told for so many kinds only as are asked for', () => {
    const specs = [1, 2, 3].map((cpus) => aTask(`t-${cpus}`, cores(cpus)));
    expect(waiting([], specs).explain(date, 2, new Set())).toHaveLength(2);
  });
});

describe('the shortfall', () => {
  test('says how many agents like the known ones would help, and which are idle', () => {
    const specs = Array.from({ length: 6 }, (_, index) => aTask(`t-${index}`, cores(2)));
    const { shortfalls, idleAgents } = waiting([agent('a', 4)], specs, false).shortfall(date);
    expect(shortfalls).toMatchObject([
      { tasks: 6, missing: { cpus: 12 }, sizes: [{ like: 'a', agents: 3 }] },
    ]);
    expect(idleAgents).toEqual(['a']);
  });
});

describe('the demand', () => {
  const countsOf = (matcher: Matcher) =>
    matcher.demand().map(({ resources, count, runSeconds }) => [resources.cpus, count, runSeconds]);

  test('is all that waits, whether or not there are agents, gangs and groups too', () => {
    const gang = { id: 'g', size: 2 };
    const group = { id: 'h', size: 2 };
    const specs = [
      ...['a', 'b', 'c'].map((id) => aTask(id, cores(2))),
      aTask('run', { ...cores(1), expectedRunSeconds: 64 }),
      ...['d', 'e'].map((id) => aTask(id, { ...cores(3), gang })),
      ...['f', 'g'].map((id) => aTask(id, { ...cores(4), group })),
    ];
    // The tasks of a group need one agent together.
    const expected = [
      [2, 3, undefined],
      [1, 1, 64],
      [8, 1, undefined],
      [3, 2, undefined],
    ];
    expect(countsOf(waiting([], specs, false))).toEqual(expected);
    expect(countsOf(waiting([agent('x', 8)], specs, false))).toEqual(expected);
  });

  test('is only what quotas let run beside what runs', () => {
    const matcher = new Matcher({
      ...defaultPolicy,
      users: { ann: { quota: { cpus: 10 } }, bob: { quota: { tasks: 0 } } },
    });
    for (let sequence = 0; sequence < 100; sequence++) {
      const user = ['ann', 'bob', 'cleo'][sequence % 3] ?? '';
      const spec = aTask(`${sequence}`, { ...cores(3), user });
      matcher.add({ spec, resources: spec.resources, sequence, since: 0 });
    }
    const running = aTask('running', { ...cores(3), user: 'ann' });
    matcher.started({ attemptId: 'r', spec: running, resources: running.resources, agentId: 'x' });
    expect(countsOf(matcher)).toEqual([
      [3, 2, undefined],
      [3, 33, undefined],
    ]);
  });

  test('says how many were given a place before', () => {
    const cluster = new MatcherFixture();
    for (const id of ['a', 'b', 'c', 'd']) cluster.add(id, { resources: { cpus: 1, mem: 0, disk: 0 } });
    const counts = () => cluster.matcher.demand().map(({ count, placed }) => [count, placed]);
    expect(counts()).toEqual([[4, 0]]);
    cluster.offer('x', { cpus: 1, mem: 0, disk: 0 });
    cluster.match();
    expect(counts()).toEqual([[3, 1]]);
    cluster.offer('y', { cpus: 2, mem: 0, disk: 0 });
    cluster.match();
    expect(counts()).toEqual([[1, 3]]);
  });
});
