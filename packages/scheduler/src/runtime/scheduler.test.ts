import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { schedulerUnderTest } from '../testing/scheduler-fixture.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import { Scheduler } from './scheduler.ts';

const diskFull = new Error('the disk is full');

describe('Scheduler: what is written before what', () => {
  test('the framework is written before anything is asked of the cluster', async () => {
    const { log, store, clock } = await schedulerUnderTest();
    await clock.advance(1);
    expect(log).toEqual(['wrote registered', 'suppress']);
    expect(store.frameworkId).toBe('scripted');
  });

  test('an attempt is written before it is launched', async () => {
    const { scheduler, driver, log } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    log.length = 0;
    driver.offer({});
    await untilIdle();
    expect(log).toEqual(['wrote attempted', 'wrote moved', 'launch']);
  });

  test('nothing is launched while the write is under way', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    const gate = Promise.withResolvers<void>();
    store.beforeCommit = () => gate.promise;
    driver.offer({});
    await untilIdle();
    expect(driver.launched).toEqual([]);
    gate.resolve();
    await untilIdle();
    expect(driver.launched).toEqual(['a-1']);
  });

  test('an update is acknowledged, and told, after it is written', async () => {
    const { scheduler, driver, store, notices, log } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    log.length = notices.length = 0;
    const gate = Promise.withResolvers<void>();
    store.beforeCommit = () => gate.promise;
    driver.update('a-1', 'TASK_FINISHED', { acknowledgement: 'uuid' });
    await untilIdle();
    expect([log, notices]).toEqual([[], []]);
    gate.resolve();
    await untilIdle();
    expect(log).toEqual(['wrote updated', 'wrote moved', 'acknowledge']);
    expect(notices.map(({ type }) => type)).toEqual(['attempt', 'task']);
  });

  test('what happens in one turn is written in one commit', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    let commits = 0;
    store.beforeCommit = () => void commits++;
    const submitted = [scheduler.submit([aTask('a')]), scheduler.submit([aTask('b')])];
    driver.offer({ cpus: 2 });
    await Promise.all(submitted);
    expect(commits).toBe(1);
    expect(driver.launched).toEqual(['a-1', 'b-1']);
  });
});

describe('Scheduler: a store that cannot write', () => {
  test('nothing is launched, and everybody who waits is told why', async () => {
    const { scheduler, driver, store, notices } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    const settled = scheduler.settled();
    store.beforeCommit = () => Promise.reject(diskFull);
    driver.offer({});
    const late = scheduler.submit([aTask('b')]);
    await expect(settled).rejects.toBe(diskFull);
    await expect(late).rejects.toBe(diskFull);
    await expect(scheduler.settled()).rejects.toBe(diskFull);
    await expect(scheduler.halt({ kill: true })).rejects.toBe(diskFull);
    expect(driver.launched).toEqual([]);
    expect(notices.at(-1)).toEqual({ type: 'stopped', error: diskFull });
  });

  test('nothing is acknowledged', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    store.beforeCommit = () => Promise.reject(diskFull);
    driver.update('a-1', 'TASK_FINISHED', { acknowledgement: 'uuid' });
    await expect(scheduler.settled()).rejects.toBe(diskFull);
    expect(driver.callsOf('acknowledge')).toEqual([]);
    await scheduler.close('disconnect');
    expect(driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'disconnect' }]);
  });

  test('a later scheduler on the same store goes on where it stopped', async () => {
    const first = await schedulerUnderTest();
    await first.scheduler.submit([aTask('a')]);
    first.store.beforeCommit = () => Promise.reject(diskFull);
    first.driver.offer({});
    await expect(first.scheduler.settled()).rejects.toBe(diskFull);
    await first.scheduler.close('disconnect');
    first.store.beforeCommit = () => {};
    const driver = new ScriptedDriver();
    const scheduler = new Scheduler({ driver, store: first.store, listener: () => {} });
    const [record] = await scheduler.start();
    expect(record).toMatchObject({ state: 'waiting', attempts: [] });
    driver.offer({});
    await untilIdle();
    expect(driver.launched).toEqual(['a-1']);
    await scheduler.close('disconnect');
  });
});

describe('Scheduler: the end', () => {
  test('settled waits until nothing runs and nothing waits', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    let done = false;
    const settled = scheduler.settled().then(() => {
      done = true;
    });
    driver.offer({});
    await untilIdle();
    expect(done).toBe(false);
    driver.update('a-1', 'TASK_FINISHED');
    await settled;
  });

  test('settled rejects if the scheduler is closed while a task waits', async () => {
    const { scheduler } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    const settled = scheduler.settled();
    const refused = expect(settled).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await scheduler.close('disconnect');
    await refused;
  });

  test('closing waits for calls that are under way, and for no timer', async () => {
    const { scheduler, driver, clock } = await schedulerUnderTest();
    const gate = Promise.withResolvers<void>();
    driver.onCall = ({ call }) => (call === 'launch' ? gate.promise : undefined);
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    expect(clock.timers).toBe(1);
    const closed = scheduler.close('teardown');
    await untilIdle();
    expect(driver.callsOf('stop')).toEqual([]);
    gate.resolve();
    await closed;
    expect(driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'teardown' }]);
    expect(clock.timers).toBe(0);
  });

  test('a driver that gives up stops the scheduler', async () => {
    const { scheduler, driver, notices } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    const error = new Error('framework removed');
    const settled = expect(scheduler.settled()).rejects.toBe(error);
    driver.emit({ type: 'failed', error });
    await settled;
    expect(notices.filter(({ type }) => type === 'stopped')).toEqual([{ type: 'stopped', error }]);
  });

  test('a driver that cannot connect ends the start', async () => {
    const driver = new ScriptedDriver();
    const error = new Error('no master');
    driver.start = () => Promise.reject(error);
    const scheduler = new Scheduler({ driver, store: new MemoryTaskStore(), listener: () => {} });
    await expect(scheduler.start()).rejects.toBe(error);
    await expect(scheduler.submit([aTask('a')])).rejects.toBe(error);
    await scheduler.close('disconnect');
    expect(driver.callsOf('stop')).toHaveLength(1);
  });

  test('a listener that throws stops the scheduler instead of leaving it half informed', async () => {
    const driver = new ScriptedDriver();
    const error = new Error('the listener is wrong');
    const listener = () => {
      throw error;
    };
    const scheduler = new Scheduler({ driver, store: new MemoryTaskStore(), listener });
    await scheduler.start();
    await untilIdle();
    await expect(scheduler.settled()).rejects.toBe(error);
    await scheduler.close('disconnect');
  });
});

describe('Scheduler: time', () => {
  test('looks by itself when a deadline comes', async () => {
    const { scheduler, driver, clock } = await schedulerUnderTest({ launchSilence: 60 });
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await clock.advance(60);
    await untilIdle();
    expect(
      driver
        .callsOf('reconcile')
        .at(-1)
        ?.attempts.map(({ attemptId }) => attemptId),
    ).toEqual(['a-1']);
  });

  test.each([-3600, 3600])('nothing is due because somebody sets the clock by %i s', async (seconds) => {
    const { scheduler, driver, clock, store } = await schedulerUnderTest({ retryDelay: 1 });
    await scheduler.submit([aTask('a', { retries: 1 }), aTask('b')]);
    driver.offer({ cpus: 2 });
    await untilIdle();
    driver.update('a-1', 'TASK_FAILED');
    driver.update('b-1', 'TASK_UNREACHABLE');
    await untilIdle();
    clock.setDate(clock.now() + seconds * 1000);
    await clock.advance(2);
    driver.offer({});
    await untilIdle();
    expect(driver.launched).toEqual(['a-1', 'b-1', 'a-2']);
    expect((await store.load())[0]?.attempts[1]?.launchedAt).toBe(clock.now());
  });

  test('a call that fails is told, and its attempt is asked for', async () => {
    const { scheduler, driver, clock, notices } = await schedulerUnderTest({});
    await scheduler.submit([aTask('a')]);
    const error = new Error('connection reset');
    driver.onCall = ({ call }) => (call === 'launch' ? Promise.reject(error) : undefined);
    driver.offer({});
    await untilIdle();
    expect(notices).toContainEqual({ type: 'call-failed', call: 'launch', error });
    await clock.advance(5);
    await untilIdle();
    expect(driver.callsOf('reconcile')).toHaveLength(1);
    await scheduler.close('disconnect');
  });
});
