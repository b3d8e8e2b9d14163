import { describe, expect, test } from 'vitest';
import type { AttemptState } from '../model/task.ts';
import { aTask, CoreFixture } from '../testing/core-fixture.ts';

/** A core with one task `a`, of which the first attempt was launched. */
async function withOneLaunched(retries = 0, options = {}): Promise<CoreFixture> {
  const core = await CoreFixture.connected(options);
  await core.submit(aTask('a', { retries }));
  await core.offer();
  expect(core.launched()).toEqual(['a-1']);
  core.forget();
  return core;
}

/** Seconds until an offer is taken up again. */
async function secondsUntilLaunch(core: CoreFixture): Promise<number> {
  for (let tenths = 0; tenths <= 1000; tenths++) {
    await core.offer();
    if (core.launched().length > 0) return tenths / 10;
    await core.wait(0.1);
  }
  throw new Error('nothing was launched in 100 s');
}

describe('a task whose command ends', () => {
  test('is finished by the first attempt that finishes', async () => {
    const core = await withOneLaunched();
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_FINISHED', { exitCode: 0 });
    expect(await core.state('a')).toBe('finished');
    expect(core.settled).toBe(true);
    expect(core.told('task').at(-1)).toMatchObject({
      state: 'finished',
      attempt: { id: 'a-1', exitCode: 0 },
    });
  });

  test('is tried again after growing intervals, as often as it may be, and has failed then', async () => {
    const core = await withOneLaunched(3, { retryDelay: 0.5 });
    const waits: number[] = [];
    for (const attempt of ['a-1', 'a-2', 'a-3']) {
      await core.update(attempt, 'TASK_FAILED', { exitCode: 1 });
      expect(await core.state('a')).toBe('waiting');
      waits.push(await secondsUntilLaunch(core));
    }
    expect(waits).toEqual([0.5, 1, 2]);
    await core.update('a-4', 'TASK_FAILED', { exitCode: 1 });
    expect(await core.state('a')).toBe('failed');
    expect((await core.record('a')).attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  test('never waits longer than a minute for its next try', async () => {
    const core = await withOneLaunched(10, { retryDelay: 40 });
    await core.update('a-1', 'TASK_FAILED');
    expect(await secondsUntilLaunch(core)).toBe(40);
    await core.update('a-2', 'TASK_FAILED');
    expect(await secondsUntilLaunch(core)).toBe(60);
  });

  test('is not tried again if it can never run as described', async () => {
    const core = await withOneLaunched(5);
    await core.update('a-1', 'TASK_ERROR', { message: 'no such user' });
    expect(await core.state('a')).toBe('failed');
  });

  test('can be tried again by request, with all its retries', async () => {
    const core = await withOneLaunched(1);
    for (const attempt of ['a-1', 'a-2']) {
      await core.update(attempt, 'TASK_FAILED');
      await core.wait(1);
      await core.offer();
    }
    expect(await core.state('a')).toBe('failed');
    await core.tell({ type: 'retry', taskIds: ['a', 'unknown'] });
    for (const attempt of ['a-3', 'a-4']) {
      await core.offer();
      expect(await core.state('a')).toBe('active');
      await core.update(attempt, 'TASK_FAILED');
      await core.wait(1);
    }
    expect(await core.state('a')).toBe('failed');
  });

  test('keeps count of its failures when the scheduler dies', async () => {
    const core = await withOneLaunched(1);
    await core.update('a-1', 'TASK_FAILED');
    await core.restart();
    await core.connect();
    await core.offer();
    await core.update('a-2', 'TASK_FAILED');
    expect(await core.state('a')).toBe('failed');
  });
});

describe('a task whose attempts are lost', () => {
  const losses: AttemptState[] = [
    'TASK_LOST',
    'TASK_DROPPED',
    'TASK_GONE',
    'TASK_GONE_BY_OPERATOR',
    'TASK_UNKNOWN',
    'TASK_KILLED',
  ];

  test.each(losses)('is tried again after %s without using up a retry', async (state) => {
    const core = await withOneLaunched(0);
    await core.update('a-1', state);
    expect(await secondsUntilLaunch(core)).toBe(0.5);
  });

  test('has failed when more were lost than are tolerated', async () => {
    const core = await withOneLaunched(0, { lossesTolerated: 1 });
    await core.update('a-1', 'TASK_LOST');
    await secondsUntilLaunch(core);
    await core.update('a-2', 'TASK_GONE');
    expect(await core.state('a')).toBe('failed');
    expect(core.told('task').at(-1)?.message).toBe(
      'the cluster lost 2 attempts at it, the last as TASK_GONE',
    );
  });

  test('is tried again at once and for nothing if the offer had been withdrawn', async () => {
    const core = await withOneLaunched(0, { lossesTolerated: 0 });
    for (const attempt of ['a-1', 'a-2', 'a-3']) {
      await core.update(attempt, 'TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' });
      expect(await secondsUntilLaunch(core)).toBe(0);
    }
  });

  test('waits for an agent that cannot be reached, and goes on if it comes back', async () => {
    const core = await withOneLaunched(0, { unreachablePatience: 120 });
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(119);
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.update('a-1', 'TASK_RUNNING');
    await core.wait(300);
    expect(await core.state('a')).toBe('active');
    await core.update('a-1', 'TASK_FINISHED');
    expect(await core.state('a')).toBe('finished');
  });

  test('replaces an attempt that cannot be reached for too long', async () => {
    const core = await withOneLaunched(0, { unreachablePatience: 120 });
    await core.update('a-1', 'TASK_UNREACHABLE');
    await core.wait(119.9);
    expect(await core.state('a')).toBe('active');
    await core.wait(0.1);
    expect(await core.state('a')).toBe('waiting');
    expect(await secondsUntilLaunch(core)).toBe(0.5);
  });
});

describe('updates that are late, doubled or strange', () => {
  test('are acknowledged if they ask for it, and not applied twice', async () => {
    const core = await withOneLaunched();
    for (let copy = 0; copy < 3; copy++) {
      await core.update('a-1', 'TASK_FINISHED', { acknowledgement: 'uuid-1' });
    }
    expect(core.took('acknowledge').map(({ update }) => update.acknowledgement)).toEqual([
      'uuid-1',
      'uuid-1',
      'uuid-1',
    ]);
    expect(core.told('task')).toHaveLength(1);
  });

  test('are not acknowledged if they do not ask for it', async () => {
    const core = await withOneLaunched();
    await core.update('a-1', 'TASK_RUNNING');
    expect(core.took('acknowledge')).toEqual([]);
  });

  test('do not undo what is finished', async () => {
    const core = await withOneLaunched();
    await core.update('a-1', 'TASK_FINISHED');
    await core.update('a-1', 'TASK_FAILED', { acknowledgement: 'uuid-2' });
    expect(await core.state('a')).toBe('finished');
    expect((await core.record('a')).attempts[0]?.state).toBe('TASK_FINISHED');
    expect(core.took('acknowledge')).toHaveLength(1);
  });

  test('do not fail an attempt that runs because its id was launched twice', async () => {
    const core = await withOneLaunched();
    await core.update('a-1', 'TASK_RUNNING');
    await core.update('a-1', 'TASK_ERROR', { reason: 'REASON_TASK_INVALID' });
    expect(await core.state('a')).toBe('active');
  });

  test('do not fail one that has not begun for that, but have it asked for', async () => {
    const core = await withOneLaunched();
    const refusal = { reason: 'REASON_TASK_INVALID', message: 'Task has duplicate ID: a-1' };
    await core.update('a-1', 'TASK_ERROR', refusal);
    expect(await core.state('a')).toBe('active');
    await core.wait(5);
    expect(core.askedFor()).toEqual(['a-1']);
  });

  test('without an agent are taken in, too', async () => {
    const core = await withOneLaunched();
    const update = { attemptId: 'a-1', state: 'TASK_GONE', timestamp: 5 } as const;
    await core.tell({ type: 'driver', event: { type: 'update', update } });
    expect(await core.state('a')).toBe('waiting');
    const strange = { attemptId: 'x', state: 'TASK_RUNNING', timestamp: 5 } as const;
    await core.tell({ type: 'driver', event: { type: 'update', update: strange } });
    expect(core.killed()).toEqual([]);
  });
});
