import { describe, expect, test } from 'vitest';
import { MatcherFixture } from '../testing/matcher-fixture.ts';

const cores = (cpus: number) => ({ cpus, mem: 0, disk: 0 });

describe('Matcher with groups and gangs', () => {
  const group = { id: 'g', size: 2 };

  test('puts a group on one agent when all its tasks are there, and tells what of it is whose', () => {
    const cluster = new MatcherFixture();
    const ports = { any: 1 };
    cluster.add('a', { group, resources: { ...cores(1), ports: { ...ports, fixed: [31001] } } });
    cluster.offer('x', cores(8));
    expect(cluster.placed()).toEqual({});
    cluster.add('b', { group, resources: { ...cores(2), ports } });
    expect(cluster.matcher.waiting).toBe(2);
    cluster.offer('small', { ...cores(2), ports: [{ begin: 31000, end: 31010 }] });
    cluster.offer('x', { ...cores(3), ports: [{ begin: 31000, end: 31010 }] });
    expect(cluster.match().placements).toMatchObject([
      {
        agent: { id: 'x' },
        tasks: [
          { taskId: 'a', groupId: 'g', assigned: { ports: [31001, 31000] } },
          { taskId: 'b', groupId: 'g', assigned: { ports: [31002] } },
        ],
      },
    ]);
    expect(cluster.matcher.waiting).toBe(0);
  });

  test('tells of a group whose tasks take from different sources that it is impossible', () => {
    const cluster = new MatcherFixture();
    cluster.add('a', { group });
    cluster.add('b', { group, resources: { ...cores(1), revocable: true } });
    const { impossible } = cluster.matcher.match(0, 0);
    expect(impossible).toMatchObject([{ taskIds: ['a', 'b'], reason: expect.stringContaining('revocable') }]);
    expect(cluster.matcher.waiting).toBe(0);
  });

  test('gives two tasks of a group nothing of which there is but one', () => {
    const licence = { sets: { licences: ['one'] } };
    const volume = (shared: boolean) => ({ persistenceId: 'v', size: 1, shared });
    const mounted = { volumes: [{ persistenceId: 'v', containerPath: 'v' }] };
    for (const [asked, there, expected] of [
      [licence, licence, {}],
      [mounted, { volumes: [volume(false)] }, {}],
      [mounted, { volumes: [volume(true)] }, { a: 'x', b: 'x' }],
    ] as const) {
      const cluster = new MatcherFixture();
      cluster.add('a', { group, resources: { ...cores(1), ...asked } });
      cluster.add('b', { group, resources: { ...cores(1), ...asked } });
      cluster.offer('x', { ...cores(4), ...there });
      expect(cluster.placed()).toEqual(expected);
    }
  });

  test('a group of which a task was removed is not placed', () => {
    const cluster = new MatcherFixture();
    cluster.add('a', { group });
    cluster.add('b', { group });
    cluster.matcher.remove('b');
    cluster.offer('x', cores(8));
    expect(cluster.placed()).toEqual({});
    expect(cluster.matcher.waiting).toBe(1);
  });

  test('starts a gang on several agents at once, or not at all', () => {
    const cluster = new MatcherFixture();
    const gang = { id: 'mpi', size: 3 };
    for (const id of ['a', 'b', 'c']) cluster.add(id, { gang, resources: cores(2) });
    cluster.offer('x', cores(4));
    cluster.offer('y', cores(1));
    expect(cluster.placed()).toEqual({});
    cluster.offer('y', cores(2));
    expect(Object.keys(cluster.placed()).sort()).toEqual(['a', 'b', 'c']);
  });

  test('hoards for a gang that does not fit, for a time, and then gives all back', () => {
    const cluster = new MatcherFixture({ hoarding: { maximumSeconds: 60, maximumShare: 1 } });
    for (const id of ['a', 'b']) cluster.add(id, { gang: { id: 'mpi', size: 2 }, resources: cores(4) });
    cluster.add('small');
    cluster.offer('x', cores(4));
    cluster.match();
    cluster.offer('x', cores(4));
    cluster.match();
    const held = cluster.offers.size;
    cluster.now = 61_000;
    cluster.match();
    expect({ held, after: cluster.offers.size }).toEqual({ held: 1, after: 0 });
  });

  test('two gangs that need the same agents both start in the end', () => {
    const cluster = new MatcherFixture({ hoarding: { maximumSeconds: 10, maximumShare: 1 } });
    for (const id of ['one', 'two']) {
      for (const member of ['a', 'b', 'c']) {
        cluster.add(`${id}-${member}`, { gang: { id, size: 3 }, resources: cores(4) });
      }
    }
    const started = new Set<string>();
    for (let second = 0; second < 200 && started.size < 6; second++) {
      cluster.now = second * 1000;
      for (const { attemptId, spec } of [...cluster.running.values()]) {
        started.add(spec.id);
        cluster.end(attemptId);
      }
      // One agent a second has room for a moment: no gang starts but on what is held for it.
      const free = ['x', 'y', 'z'][second % 3] ?? '';
      const isHeld = [...cluster.offers.values()].some(({ agent }) => agent.id === free);
      if (!isHeld) cluster.offer(free, cores(4));
      cluster.match();
    }
    expect(started.size).toBe(6);
  });
});

describe('Matcher that keeps agents', () => {
  /** Two agents of four cores, on which small tasks of two to four seconds come all the time. */
  class Crowd {
    readonly cluster = new MatcherFixture({ headOfLine: { patience: 5 } });
    readonly #free = new Map([
      ['x', 4],
      ['y', 4],
    ]);

    constructor() {
      const agents = ['x', 'y'].map((id) => ({ id, hostname: id, attributes: {}, total: cores(4) }));
      this.cluster.matcher.agents(agents, false);
    }

    passSecond(second: number): void {
      this.cluster.now = second * 1000;
      for (const { attemptId, agentId, spec } of [...this.cluster.running.values()]) {
        if (Number(spec.name) > second) continue;
        this.cluster.end(attemptId);
        this.#change(agentId, spec.resources.cpus);
      }
      for (let task = 0; task < 8; task++) {
        const name = String(second + 2 + (task % 3));
        this.cluster.add(`small-${second}-${task}`, { name, expectedRunSeconds: 4 });
      }
      for (const [id, cpus] of this.#free) if (cpus > 0) this.cluster.offer(id, cores(cpus));
      for (const [taskId, agentId] of Object.entries(this.cluster.placed())) {
        this.#change(agentId, -(this.cluster.specs.get(taskId)?.resources.cpus ?? 0));
      }
    }

    #change(agentId: string, cpus: number): void {
      this.#free.set(agentId, (this.#free.get(agentId) ?? 0) + cpus);
    }
  }

  test('lets a large task start though small ones come all the time', () => {
    const crowd = new Crowd();
    const isOut = () => [...crowd.cluster.running.values()].some(({ spec }) => spec.id === 'large');
    let second = 0;
    for (; second < 60 && !isOut(); second++) {
      if (second === 3) crowd.cluster.add('large', { resources: cores(4), name: '100' });
      crowd.passSecond(second);
    }
    // It waits from 3 on, its patience is 5, it is looked for every second, and what is there then ends within 4.
    expect(second).toBeLessThanOrEqual(3 + 5 + 2 + 4 + 1);
  });

  test('ends what is worth less for a task that waited long enough, and only if it is allowed to', () => {
    const preemption = { patience: 10, grace: 1, maximumPerMinute: 10, minimumPriorityGap: 5 };
    for (const [rule, victims] of [
      [{ preemption }, 1],
      [{}, 0],
    ] as const) {
      const cluster = new MatcherFixture(rule);
      cluster.matcher.agents([{ id: 'x', hostname: 'x', attributes: {}, total: cores(2) }], false);
      for (const id of ['a', 'b']) cluster.add(id);
      cluster.offer('x', cores(2));
      cluster.match();
      cluster.add('urgent', { priority: 9 });
      cluster.offer('y', cores(0.5));
      for (cluster.now = 0; cluster.now < 20_000; cluster.now += 1000) cluster.match();
      expect(cluster.preempted).toHaveLength(victims);
    }
  });
});
