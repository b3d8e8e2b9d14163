import { describe, expect, test } from 'vitest';
import { aTask, CoreFixture } from '../../src/testing/core-fixture.ts';
import { Town, type TownTask } from './town.ts';

const preemption = { patience: 10, grace: 2, maximumPerMinute: 60, minimumPriorityGap: 5 };

/** A town that is full of these tasks, in their order. */
function full(
  tasks: Readonly<Record<string, TownTask>>,
  rule: Partial<typeof preemption> | undefined = {},
): Town {
  const cpus = Object.values(tasks).reduce((sum, task) => sum + (task.cpus ?? 1), 0);
  const town = new Town(
    { x: { cpus } },
    {
      headOfLine: { patience: Number.POSITIVE_INFINITY },
      ...(rule && { preemption: { ...preemption, ...rule } }),
    },
  );
  for (const [id, task] of Object.entries(tasks)) {
    town.add(id, task);
    town.pass();
  }
  expect(Object.keys(town.running)).toEqual(Object.keys(tasks));
  return town;
}

/** The tasks that are to be ended once all this time has passed. */
function victims(town: Town, seconds = 15): string[] {
  town.passUntil(() => false, seconds);
  return town.cluster.preempted.map((attemptId) => attemptId.slice(0, attemptId.lastIndexOf('-')));
}

describe('preemption', () => {
  test('is off where the policy has no rule for it', () => {
    const town = new Town({ x: { cpus: 1 } });
    town.add('a', { priority: -100 });
    town.pass();
    town.add('urgent', { priority: 100 });
    expect(victims(town, 100)).toEqual([]);
  });

  test('ends the task of the lowest priority, though another has run for less', () => {
    const town = full({ low: { priority: -2 }, middle: { priority: -1 }, high: { priority: 0 } });
    town.add('urgent', { priority: 9 });
    expect(victims(town)).toEqual(['low']);
  });

  test('of the same priority, ends that of the user who has most', () => {
    const town = full({ a: { user: 'rich' }, b: { user: 'rich' }, c: { user: 'rich' }, d: { user: 'poor' } });
    town.add('urgent', { priority: 9 });
    // What has run least of the three.
    expect(victims(town)).toEqual(['c']);
  });

  test('ends nothing of a priority that is not lower by the gap, nor before the patience is over', () => {
    const town = full({ a: { priority: 5 } });
    town.add('urgent', { priority: 9 });
    expect(victims(town, 60)).toEqual([]);
    town.add('more urgent', { priority: 10 });
    expect(victims(town, 8)).toEqual([]);
    expect(victims(town, 5)).toEqual(['a']);
  });

  test('keeps the room for whom others were ended, though others come', () => {
    const town = full({ a: {}, b: {} });
    town.add('urgent', { priority: 9, cpus: 2 });
    expect(victims(town).sort()).toEqual(['a', 'b']);
    for (let index = 0; index < 9; index++) town.add(`later ${index}`, { priority: 50 });
    town.end('a');
    town.pass();
    town.end('b');
    town.pass();
    expect(town.running).toEqual({ urgent: 'x' });
  });

  test('ends no more in a minute than the rule allows', () => {
    const town = full({ a: {}, b: {}, c: {}, d: {} }, { maximumPerMinute: 2 });
    for (const id of ['1', '2', '3', '4']) town.add(`urgent ${id}`, { priority: 9 });
    const ended = new Map<number, string>();
    for (let second = 0; second < 160; second++) {
      for (const [index, id] of victims(town, 1).entries()) {
        if ([...ended.values()].includes(id)) continue;
        ended.set(town.second + index / 10, id);
        town.end(id);
      }
    }
    const times = [...ended.keys()].map(Math.floor);
    expect(times).toHaveLength(4);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(60);
  });

  test('is not stopped by a task that waits for what no agent has', () => {
    const town = full({ a: {} });
    town.add('hopeless', { cpus: 64, priority: 9 });
    town.passUntil(() => false, 5);
    town.add('urgent', { priority: 9 });
    expect(victims(town, 30)).toEqual(['a']);
  });

  test('never ends members of gangs and groups, whose others would end with them', () => {
    const town = full({
      a: { gang: { id: 'g', size: 1 } },
      b: { group: { id: 'h', size: 1 } },
      c: { priority: 3 },
    });
    town.add('urgent', { priority: 9 });
    expect(victims(town, 30)).toEqual(['c']);
  });
});

const size = (cpus: number) => ({ cpus, mem: 1024, disk: 1024 });

describe('preemption by the scheduler', () => {
  test('kills with its grace, once, and the victim is tried again though it has no retries', async () => {
    const core = await CoreFixture.connected({}, { preemption: { ...preemption, grace: 7 } });
    await core.agents({ 'agent-1': size(1) });
    await core.submit(aTask('low'));
    await core.offer();
    await core.update('low-1', 'TASK_RUNNING');
    await core.submit(aTask('urgent', { priority: 9 }));
    await core.wait(14);
    const attempt = { attemptId: 'low-1', agentId: 'agent-1' };
    expect(core.took('kill')).toEqual([{ type: 'kill', attempt, graceSeconds: 7 }]);
    await core.update('low-1', 'TASK_KILLED');
    await core.offer();
    expect(core.launched()).toEqual(['low-1', 'urgent-1']);
    expect(await core.state('low')).toBe('waiting');
  });

  test('is off by default', async () => {
    const core = await CoreFixture.connected();
    await core.agents({ 'agent-1': size(1) });
    await core.submit(aTask('low'));
    await core.offer();
    await core.update('low-1', 'TASK_RUNNING');
    await core.submit(aTask('urgent', { priority: 9 }));
    await core.wait(500);
    expect(core.killed()).toEqual([]);
  });
});
