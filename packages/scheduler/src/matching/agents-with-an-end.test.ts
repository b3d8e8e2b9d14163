import { describe, expect, test } from 'vitest';
import type { AgentFacts } from '../model/agent.ts';
import { MatcherFixture } from '../testing/matcher-fixture.ts';

const minute = 60_000;
const cores = (cpus: number) => ({ cpus });

/** An agent that is gone in so many minutes. */
const ending = (id: string, minutes: number): AgentFacts => ({
  id,
  hostname: `host-${id}`,
  attributes: {},
  plannedEnd: minutes * minute,
});

const runs = (minutes: number) => ({ expectedRunSeconds: minutes * 60 });

describe('an agent with an end', () => {
  test('gets no task that is expected, or allowed, to run for longer', () => {
    const cluster = new MatcherFixture();
    cluster.add('short', runs(5));
    cluster.add('long', runs(20));
    cluster.add('may be long', { maximumRunSeconds: 1200 });
    cluster.add('is short, may be long', { ...runs(5), maximumRunSeconds: 1200 });
    cluster.offer(ending('x', 10), cores(8));
    expect(Object.keys(cluster.placed())).toEqual(['short', 'is short, may be long']);
  });

  test('gets what nobody knows the time of until the last stretch', () => {
    const cluster = new MatcherFixture({ lastStretch: 120 });
    cluster.add('early');
    cluster.offer(ending('x', 10), cores(1));
    expect(cluster.placed()).toEqual({ early: 'x' });
    cluster.add('late');
    cluster.now = 8 * minute + 1;
    cluster.offer(ending('x', 10), cores(1));
    expect(cluster.placed()).toEqual({});
    cluster.add('late, but short', runs(1));
    cluster.offer(ending('x', 10), cores(1));
    expect(cluster.placed()).toEqual({ 'late, but short': 'x' });
  });

  test.each([
    ['unknown', 'short'],
    ['short', 'unknown'],
  ])('is looked at for short tasks though what nobody knows the time of finds no room there', (...order) => {
    const cluster = new MatcherFixture({ lastStretch: 60 });
    cluster.offer(ending('x', 0.5), cores(2));
    for (const id of order) cluster.add(id, id === 'short' ? { expectedRunSeconds: 5 } : {});
    expect(cluster.placed()).toEqual({ short: 'x' });
  });

  test('leaves maintenance that comes first its say', () => {
    const cluster = new MatcherFixture();
    cluster.add('a', runs(5));
    cluster.offer({ ...ending('x', 60), unavailability: { start: 2 * minute } }, cores(8));
    expect(cluster.placed()).toEqual({});
  });
});

describe('of agents with ends', () => {
  const agents = [ending('soon', 12), ending('later', 50), ending('late', 600)];

  test.each<[string, object, string]>([
    ['short ones go where little is left', runs(4), 'soon'],
    ['longer ones where there is just enough', runs(40), 'later'],
    ['long ones where there is most', runs(100), 'late'],
    ['those of which nobody knows where there is most', {}, 'late'],
  ])('%s, by any policy', (_, task, where) => {
    for (const placement of ['spread', 'best-fit', 'first-fit', 'locality', 'own']) {
      const cluster = new MatcherFixture({ placement }, [{ name: 'own', score: ({ free }) => free.cpus }]);
      cluster.add('a', task);
      // What the policy alone would choose is another each time.
      for (const [index, agent] of agents.entries()) cluster.offer(agent, cores(4 + index));
      for (const [index, agent] of agents.entries()) cluster.offer(agent, cores(4 - index));
      expect(cluster.placed()).toEqual({ a: where });
    }
  });

  test('all are used when there is more to do than fits where it is best', () => {
    const cluster = new MatcherFixture();
    for (let task = 0; task < 6; task++) cluster.add(`${task}`, runs(4));
    for (const agent of agents) cluster.offer(agent, cores(2));
    expect(Object.values(cluster.placed()).toSorted()).toEqual([
      ...['late', 'late', 'later', 'later', 'soon', 'soon'],
    ]);
  });

  test('preferences of a task count more', () => {
    const cluster = new MatcherFixture();
    const nearLate = { constraint: { type: 'equals', field: '@hostname', value: 'host-late' } } as const;
    cluster.add('a', { ...runs(4), preferences: [{ ...nearLate, weight: 0.01 }] });
    for (const agent of agents) cluster.offer(agent, cores(2));
    expect(cluster.placed()).toEqual({ a: 'late' });
  });

  test('a gang is put on those that stay', () => {
    const cluster = new MatcherFixture();
    for (const id of ['a', 'b']) cluster.add(id, { ...runs(40), gang: { id: 'gang', size: 2 } });
    cluster.offer(ending('soon', 12), cores(8));
    expect(cluster.placed()).toEqual({});
    for (const id of ['x', 'y']) cluster.offer(ending(id, 50), cores(1));
    expect(Object.values(cluster.placed()).toSorted()).toEqual(['x', 'y']);
  });
});
