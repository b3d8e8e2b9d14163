import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { ManualClock, untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { schedulerUnderTest } from '../testing/scheduler-fixture.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import { Scheduler } from './scheduler.ts';

const full = Object.assign(new Error('the disk is full'), { isTemporary: true });

describe('Scheduler: a store that cannot write for now', () => {
  test('is waited for: nothing is launched or acknowledged meanwhile, and all of it afterwards', async () => {
    const { scheduler, driver, store, clock, notices } = await schedulerUnderTest({ storePatience: 60 });
    await scheduler.submit([aTask('a'), aTask('b')]);
    driver.offer({});
    await untilIdle();
    store.beforeCommit = () => Promise.reject(full);
    driver.update('a-1', 'TASK_FINISHED', { acknowledgement: 'uuid' });
    driver.offer({});
    await clock.advance(30);
    expect(driver.callsOf('acknowledge')).toEqual([]);
    expect(driver.launched).toEqual(['a-1']);
    store.beforeCommit = () => {};
    await clock.advance(10);
    expect(driver.callsOf('acknowledge')).toHaveLength(1);
    expect(driver.launched).toEqual(['a-1', 'b-1']);
    expect(notices.filter(({ type }) => type === 'store-trouble')).toEqual([
      { type: 'store-trouble', error: full },
      { type: 'store-trouble' },
    ]);
    await scheduler.close('disconnect');
  });

  test('is not waited for longer than it is given', async () => {
    const { scheduler, store, clock } = await schedulerUnderTest({ storePatience: 60 });
    store.beforeCommit = () => Promise.reject(full);
    const submitted = scheduler.submit([aTask('a')]);
    const refused = expect(submitted).rejects.toBe(full);
    await clock.advance(70);
    await refused;
    await expect(scheduler.settled()).rejects.toBe(full);
  });

  test('is not waited for when the scheduler is closed', async () => {
    const { scheduler, store, driver } = await schedulerUnderTest({ storePatience: 60 });
    store.beforeCommit = () => Promise.reject(full);
    const refused = expect(scheduler.submit([aTask('a')])).rejects.toBe(full);
    await untilIdle();
    await scheduler.close('disconnect');
    await refused;
    expect(driver.callsOf('stop')).toHaveLength(1);
  });
});

describe('Scheduler: one that leads no longer', () => {
  async function deposable() {
    const deposed = new AbortController();
    const parts = { driver: new ScriptedDriver(), store: new MemoryTaskStore(), clock: new ManualClock() };
    const scheduler = new Scheduler({ ...parts, signal: deposed.signal });
    await scheduler.start();
    await untilIdle();
    return { scheduler, ...parts, deposed };
  }
  const reason = new Error('another one leads');

  test('sends nothing more from that moment on, and ends its connection', async () => {
    const { scheduler, driver, deposed } = await deposable();
    await scheduler.submit([aTask('a')]);
    driver.calls.length = 0;
    deposed.abort(reason);
    driver.offer({});
    await untilIdle();
    expect(driver.calls).toEqual([{ call: 'stop', how: 'disconnect' }]);
    await expect(scheduler.submit([aTask('b')])).rejects.toBe(reason);
    await expect(scheduler.settled()).rejects.toBe(reason);
  });

  test('does not send what was being written at that moment', async () => {
    const { scheduler, driver, store, deposed } = await deposable();
    await scheduler.submit([aTask('a')]);
    const gate = Promise.withResolvers<void>();
    const commit = store.commit.bind(store);
    store.commit = async (changes) => {
      await gate.promise;
      return commit(changes);
    };
    driver.offer({});
    await untilIdle();
    deposed.abort(reason);
    gate.resolve();
    await untilIdle();
    expect(driver.launched).toEqual([]);
    await scheduler.close('disconnect');
  });

  test('does not even start where that came before', async () => {
    const { store, deposed } = await deposable();
    deposed.abort(reason);
    const late = new Scheduler({ driver: new ScriptedDriver(), store, signal: deposed.signal });
    await expect(late.start()).rejects.toBe(reason);
    await late.close('disconnect');
  });
});

describe('Scheduler: its notices as a stream', () => {
  test('are all that happens from then on, until the end', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    const types: string[] = [];
    const reading = (async () => {
      for await (const notice of scheduler.events()) types.push(notice.type);
    })();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    driver.update('a-1', 'TASK_FINISHED');
    await scheduler.settled();
    await scheduler.close('teardown');
    await reading;
    expect(types).toEqual(['task', 'attempt', 'task']);
  });

  test('end at once where the scheduler is closed already', async () => {
    const { scheduler } = await schedulerUnderTest();
    await scheduler.close('teardown');
    expect(await scheduler.events().next()).toEqual({ done: true, value: undefined });
  });
});

describe('Scheduler: cancelling', () => {
  test('what waits is never launched', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a'), aTask('b')]);
    await scheduler.cancel(['a', 'unknown']);
    driver.offer({ cpus: 4 });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    expect((await store.load()).map(({ state }) => state)).toEqual(['cancelled', 'active']);
  });

  test('what runs is killed, also when it comes back under a later scheduler', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    await scheduler.cancel(['a']);
    await untilIdle();
    expect(driver.callsOf('kill').map(({ attempt }) => attempt.attemptId)).toEqual(['a-1']);
    await scheduler.settled();
    await scheduler.close('disconnect');
    const later = { driver: new ScriptedDriver(), store };
    const next = new Scheduler(later);
    await next.start();
    later.driver.update('a-1', 'TASK_RUNNING');
    await untilIdle();
    expect(later.driver.callsOf('kill')).toHaveLength(1);
    await next.close('disconnect');
  });

  test('what has ended stays as it is', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    driver.update('a-1', 'TASK_FINISHED');
    await scheduler.cancel(['a']);
    expect((await store.load())[0]?.state).toBe('finished');
  });
});
