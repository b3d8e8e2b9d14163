import { describe, expect, test } from 'vitest';
import { aTask, CoreFixture } from '../testing/core-fixture.ts';

async function launched(options = {}, spec = {}): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  await core.submit(aTask('a', spec));
  await core.offer();
  core.forget();
  return core;
}

describe('attempts that do not begin', () => {
  test('are given up after a while, killed for the case that they begin yet, and replaced', async () => {
    const core = await launched({ launchTimeout: 900 });
    await core.update('a-1', 'TASK_STAGING');
    await core.wait(899);
    expect(core.killed()).toEqual([]);
    await core.wait(2);
    expect(core.killed()).toEqual(['a-1']);
    await core.offer();
    expect(core.launched()).toEqual(['a-2']);
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
  });

  test('are left alone once they run', async () => {
    const core = await launched({ launchTimeout: 900 });
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(5000);
    expect(core.killed()).toEqual([]);
  });
});

describe('attempts that run for longer than they may', () => {
  test('are ended where nobody else has done it, and count as failed', async () => {
    const core = await launched({ overrunPatience: 30 }, { maximumRunSeconds: 100, retries: 1 });
    await core.wait(50);
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(129);
    expect(core.killed()).toEqual([]);
    await core.wait(1);
    expect(core.killed()).toEqual(['a-1']);
    await core.update('a-1', 'TASK_KILLED');
    const [attempt] = (await core.record('a')).attempts;
    expect(attempt?.reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
    await core.wait(1);
    await core.offer();
    await core.update('a-2', 'TASK_FAILED');
    expect(await core.state('a')).toBe('failed');
  });
});

describe('kills of which nothing is heard', () => {
  test('are sent without grace after some that were sent with it', async () => {
    const core = await launched({ killGrace: 3, killRepeat: 15, killsWithGrace: 2 });
    await core.tell({ type: 'halt', kill: true });
    await core.wait(31);
    expect(core.took('kill').map(({ graceSeconds }) => graceSeconds)).toEqual([3, 3, 0]);
  });
});

describe('attempts that nobody knows', () => {
  test('are asked for from time to time, when nothing else is asked', async () => {
    const core = await launched({ implicitReconcileInterval: 3600 });
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(10);
    expect(core.took('reconcile').at(-1)).toEqual({ type: 'reconcile', attempts: [] });
    await core.wait(3599);
    const implicit = () => core.took('reconcile').filter(({ attempts }) => attempts.length === 0);
    expect(implicit()).toEqual([]);
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(20);
    expect(implicit()).toHaveLength(1);
  });

  test('are killed, and told of', async () => {
    const core = await CoreFixture.connected();
    await core.update('stranger', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['stranger']);
    expect(core.told('unknown-attempt')).toMatchObject([{ attemptId: 'stranger', action: 'kill' }]);
  });

  test('are left alone where that is wanted, and told of once', async () => {
    const core = await CoreFixture.connected({ unknownAttempts: 'leave' });
    await core.update('stranger', 'TASK_RUNNING');
    await core.update('stranger', 'TASK_RUNNING');
    expect(core.killed()).toEqual([]);
    expect(core.told('unknown-attempt')).toMatchObject([{ attemptId: 'stranger', action: 'leave' }]);
  });

  test('are killed all the same if they were given up by a scheduler of this store', async () => {
    const core = await launched({ unknownAttempts: 'leave' });
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(121);
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.killed()).toEqual(['a-1']);
  });
});

describe('an agent from which nothing comes any more', () => {
  test('is a reason to ask for what runs there', async () => {
    const core = await launched();
    await core.update('a-1', 'TASK_RUNNING');
    await core.tell({ type: 'driver', event: { type: 'agent-lost', agentId: 'agent-1' } });
    expect(core.askedFor()).toEqual(['a-1']);
  });
});

describe('memory', () => {
  test('is given more of to a task that ran out of it', async () => {
    const core = await launched({}, { retryRules: { outOfMemory: { factor: 2, maximum: 200 } } });
    await core.update('a-1', 'TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
    await core.offer();
    expect(
      core.took('launch').flatMap(({ launches }) => launches.map(({ resources }) => resources.mem)),
    ).toEqual([128]);
    await core.restart();
    await core.connect();
    await core.update('a-2', 'TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
    await core.offer();
    expect(
      core.took('launch').flatMap(({ launches }) => launches.map(({ resources }) => resources.mem)),
    ).toEqual([200]);
  });
});
