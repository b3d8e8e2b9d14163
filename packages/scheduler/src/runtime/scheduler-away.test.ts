import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { ManualClock, untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import type { SchedulerNotice } from './notice.ts';
import { Scheduler } from './scheduler.ts';

/** A scheduler whose driver connects when it is told to. */
function awayFromCluster(store = new MemoryTaskStore()) {
  const reached = Promise.withResolvers<void>();
  const driver = new (class extends ScriptedDriver {
    override async start(listener: Parameters<ScriptedDriver['start']>[0]): Promise<void> {
      this.listen(listener);
      await reached.promise;
      await super.start(listener);
    }
  })();
  const notices: SchedulerNotice[] = [];
  const clock = new ManualClock();
  const scheduler = new Scheduler({ driver, store, clock, listener: (notice) => void notices.push(notice) });
  return { scheduler, driver, store, notices, reach: reached.resolve };
}

const stateOf = async (store: MemoryTaskStore, taskId: string) =>
  (await store.load()).find(({ spec }) => spec.id === taskId)?.state;

describe('Scheduler: a cluster that was not reached yet', () => {
  test('takes, holds, releases and cancels tasks once it is loaded, and launches what is left once it is reached', async () => {
    const { scheduler, driver, store, reach } = awayFromCluster();
    await scheduler.load();
    await scheduler.submit([aTask('a'), aTask('b')]);
    await scheduler.hold(['a', 'b']);
    await scheduler.release(['b']);
    await scheduler.cancel(['a']);
    expect(await stateOf(store, 'a')).toBe('cancelled');
    expect(driver.calls).toEqual([]);
    const started = scheduler.start();
    reach();
    await started;
    driver.offer({ cpus: 2 });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    await scheduler.close('disconnect');
  });

  test('ends what runs of a task that was cancelled meanwhile as soon as it is reached', async () => {
    const first = awayFromCluster();
    first.reach();
    await first.scheduler.start();
    await first.scheduler.submit([aTask('a')]);
    first.driver.offer({});
    await untilIdle();
    await first.scheduler.close('disconnect');

    const { scheduler, driver, notices, reach } = awayFromCluster(first.store);
    const started = scheduler.start();
    await scheduler.load();
    await scheduler.cancel(['a']);
    expect(driver.calls).toEqual([]);
    reach();
    await started;
    await untilIdle();
    expect(driver.callsOf('kill').map(({ attempt }) => attempt.attemptId)).toContain('a-1');
    expect(notices.filter(({ type }) => type === 'call-failed')).toEqual([]);
    await scheduler.close('disconnect');
  });

  test('tells each time that it was tried in vain', async () => {
    const { scheduler, driver, notices, reach } = awayFromCluster();
    const started = scheduler.start();
    await scheduler.load();
    await untilIdle();
    for (const message of ['no such host', 'no such host']) driver.emit({ type: 'unreachable', message });
    await untilIdle();
    expect(notices.map(({ type }) => type)).toEqual(['unreachable', 'unreachable']);
    reach();
    await started;
    await scheduler.close('disconnect');
  });

  test('tells that it cannot go on before anybody is refused, where the cluster does not want it', async () => {
    const { scheduler, driver, notices } = awayFromCluster();
    driver.start = async () => {
      throw new Error('no framework of this id');
    };
    await scheduler.load();
    await expect(scheduler.start()).rejects.toThrow('no framework of this id');
    expect(notices).toMatchObject([{ type: 'stopped', error: { message: 'no framework of this id' } }]);
    await expect(scheduler.submit([aTask('a')])).rejects.toThrow('no framework of this id');
    await scheduler.close('disconnect');
  });

  test('takes nothing before it is loaded, and is loaded once', async () => {
    const { scheduler, store } = awayFromCluster();
    await expect(scheduler.submit([aTask('a')])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    let loads = 0;
    const { load } = store;
    store.load = () => {
      loads++;
      return load.call(store);
    };
    await Promise.all([scheduler.load(), scheduler.load()]);
    expect(loads).toBe(1);
    await scheduler.close('disconnect');
  });

  test('goes by another policy that it is given before it is loaded', async () => {
    const { scheduler, reach, driver } = awayFromCluster();
    await scheduler.reconfigure({ users: { u: { weight: 1, quota: { tasks: 0 } } } });
    reach();
    await scheduler.start();
    await scheduler.submit([aTask('a', { user: 'u' }), aTask('b', { user: 'v' })]);
    driver.offer({ cpus: 2 });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    await scheduler.close('disconnect');
  });

  test('is not loaded any more once it is closed', async () => {
    const { scheduler } = awayFromCluster();
    await scheduler.close('disconnect');
    await expect(scheduler.load()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });
});
