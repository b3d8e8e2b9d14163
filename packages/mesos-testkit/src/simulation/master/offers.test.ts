import { describe, expect, it } from 'vitest';
import { BareFramework } from '../../../test-helpers/bare-framework.ts';
import { audit } from '../audit/audit.ts';
import type { ClusterOptions } from '../options.ts';
import { type Bag, emptyBag } from '../resources/bag.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';
import type { FrameworkInfo, TaskLaunch } from '../vocabulary.ts';

const machine = { resources: { cpus: 4, mem: 4096, disk: 1000 } };

function setUp(agents = 1, options: ClusterOptions = {}, info: Partial<FrameworkInfo> = {}) {
  const cluster = new SimulatedCluster(options);
  cluster.addAgents(agents, machine);
  const framework = new BareFramework(cluster, info);
  const wait = (seconds: number) => cluster.time.advance(seconds * 1000);
  wait(0.5);
  return { cluster, framework, wait };
}

const aTask = (taskId: string, bag: Partial<Bag> = {}, changes: Partial<TaskLaunch> = {}): TaskLaunch => ({
  taskId,
  bag: { ...emptyBag, cpus: 1000, mem: 64_000, ...bag },
  command: '',
  environment: {},
  killGraceSeconds: 3,
  ...changes,
});

const accept = (framework: BareFramework, tasks: readonly TaskLaunch[], offerIds?: readonly string[]) =>
  framework.call({
    type: 'ACCEPT',
    offerIds: offerIds ?? framework.offers.map(({ id }) => id),
    tasks,
    refuseSeconds: 0,
  });

const lastTold = (framework: BareFramework, task: string) => {
  const { state, reason } = framework.told.findLast((told) => told.task === task) ?? {};
  return [state, reason];
};

describe('offers', () => {
  it('hold all that is free of an agent, and the rest of an accepted one comes again', () => {
    const { framework, wait } = setUp();
    expect(framework.offers.map(({ bag }) => bag.cpus)).toEqual([4000]);
    accept(framework, [aTask('a')]);
    expect(framework.offers).toEqual([]);
    wait(1.5);
    expect(framework.offers.map(({ bag }) => bag.cpus)).toEqual([3000]);
  });

  it('that were declined are not made again before the time, unless there is more or they are asked for', () => {
    const { framework, wait } = setUp();
    const decline = (refuseSeconds: number) =>
      framework.call({ type: 'DECLINE', offerIds: framework.offers.map(({ id }) => id), refuseSeconds });
    decline(10);
    wait(9);
    expect(framework.offers).toHaveLength(0);
    wait(2.5);
    expect(framework.offers).toHaveLength(1);
    decline(3600);
    framework.call({ type: 'REVIVE' });
    wait(0.1);
    expect(framework.offers).toHaveLength(1);
    accept(framework, [aTask('a')]);
    wait(2);
    decline(3600);
    wait(100);
    // The task has ended: four cores are more than the three that were declined.
    expect(framework.offers.map(({ bag }) => bag.cpus)).toEqual([4000]);
  });

  it('stop with SUPPRESS, and are rescinded after the offer timeout', () => {
    const { framework, wait } = setUp(1, { offerTimeoutSeconds: 5 });
    framework.call({ type: 'SUPPRESS' });
    wait(7);
    expect(framework.offers).toEqual([]);
    expect(framework.events.filter(({ type }) => type === 'RESCIND')).toHaveLength(1);
    framework.call({ type: 'REVIVE', roles: ['not-mine'] });
    wait(5);
    expect(framework.offers).toEqual([]);
    framework.call({ type: 'REVIVE' });
    wait(1);
    expect(framework.offers).toHaveLength(1);
  });

  it('of which one is stale void the whole call, and every launch in it', () => {
    const { cluster, framework, wait } = setUp();
    const [good] = framework.offers;
    accept(framework, [aTask('a'), aTask('b')], [good?.id ?? '', 'stale']);
    expect(lastTold(framework, 'a')).toEqual(['TASK_DROPPED', 'REASON_INVALID_OFFERS']);
    expect(lastTold(framework, 'b')).toEqual(['TASK_DROPPED', 'REASON_INVALID_OFFERS']);
    expect(cluster.ledger.starts).toBe(0);
    wait(1.5);
    expect(framework.offers).toHaveLength(1);
  });

  it('of two agents cannot be accepted together', () => {
    const { framework } = setUp(2);
    accept(framework, [aTask('a')]);
    expect(lastTold(framework, 'a')).toEqual(['TASK_DROPPED', 'REASON_INVALID_OFFERS']);
  });

  it('are divided among tasks in their order; who comes too late or twice is an error', () => {
    const { cluster, framework, wait } = setUp();
    accept(framework, [
      aTask('a', { cpus: 3000 }),
      aTask('b', { cpus: 2000 }),
      aTask('c'),
      aTask('c'),
      aTask('/'),
    ]);
    for (const id of ['b', 'c', '/'])
      expect(lastTold(framework, id)).toEqual(['TASK_ERROR', 'REASON_TASK_INVALID']);
    wait(1);
    expect(cluster.ledger).toMatchObject({ starts: 2, overcommitted: [], startedTwice: [] });
    expect(lastTold(framework, 'c')).toEqual(['TASK_RUNNING', undefined]);
  });

  it('go to a group as a whole or not at all', () => {
    const { cluster, framework, wait } = setUp();
    const groupId = 'g';
    accept(framework, [aTask('a', { cpus: 3000 }, { groupId }), aTask('b', { cpus: 2000 }, { groupId })]);
    expect(lastTold(framework, 'a')).toEqual(['TASK_ERROR', 'REASON_TASK_GROUP_INVALID']);
    wait(1.5);
    accept(framework, [aTask('c', {}, { groupId }), aTask('d', {}, { groupId })]);
    wait(1);
    framework.call({ type: 'KILL', taskId: 'c' });
    wait(5);
    expect(lastTold(framework, 'd')).toEqual(['TASK_KILLED', undefined]);
    expect(cluster.ledger.starts).toBe(2);
  });

  it('come to frameworks in turn, to those with least first', () => {
    const { cluster, framework, wait } = setUp(4, {}, { roles: ['a'] });
    accept(
      framework,
      [aTask('a')],
      framework.offers.slice(0, 1).map(({ id }) => id),
    );
    const other = new BareFramework(cluster, { roles: ['b'] });
    wait(1.5);
    expect(other.offers.length).toBeGreaterThan(0);
    const all = framework.offers.length + other.offers.length;
    expect(all).toBe(4);
  });

  it('hold what is reserved for the role, and not what is reserved for others', () => {
    const { cluster, framework, wait } = setUp(0);
    framework.call({ type: 'SUPPRESS' });
    const kept = (role: string) =>
      ({ type: 'STATIC', role, labels: {}, resources: { cpus: 1, mem: 100, disk: 0 } }) as const;
    cluster.addAgent({ resources: { ...machine.resources, reserved: [kept('web'), kept('mail')] } });
    const web = new BareFramework(cluster, { roles: ['web'] });
    wait(2);
    const keys = web.offers.flatMap(({ bag }) => [...bag.others.keys()]);
    expect(keys.filter((key) => key.startsWith('reserved:cpus'))).toEqual([
      'reserved:cpus {"type":"STATIC","role":"web","labels":{}}',
    ]);
    expect(web.offers[0]?.bag.cpus).toBe(2000);
    expect(audit(cluster).violations).toEqual([]);
  });

  it('are made only of what is wished for', () => {
    const { cluster, framework, wait } = setUp(0);
    for (const rack of ['r1', 'r2', 'r12']) cluster.addAgent({ ...machine, attributes: { rack } });
    framework.call({
      type: 'UPDATE_FRAMEWORK',
      wish: { smallest: [], agents: [[{ field: 'rack', predicate: 'matches', operand: 'r[0-9]' }]] },
    });
    wait(2);
    expect(framework.offers.map(({ entry }) => entry.facts.attributes.rack).sort()).toEqual(['r1', 'r2']);
    const [offer] = framework.offers;
    framework.call({
      type: 'UPDATE_FRAMEWORK',
      wish: { smallest: [{ cpus: 4, mem: 0, disk: 0 }], agents: [] },
    });
    accept(framework, [aTask('a')], [offer?.id ?? '']);
    wait(2);
    expect(framework.offers.map(({ bag }) => bag.cpus)).toEqual([4000, 4000]);
  });
});
