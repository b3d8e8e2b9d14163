import { describe, expect, test } from 'vitest';
import type { TaskRecord } from '../model/task.ts';
import { aTask } from '../testing/core-fixture.ts';
import { ManualClock, untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { schedulerUnderTest } from '../testing/scheduler-fixture.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import { Scheduler } from './scheduler.ts';

const reason = new Error('another one leads');
const full = Object.assign(new Error('the disk is full'), { isTemporary: true });

/** A store that takes its time to load. */
class SlowStore extends MemoryTaskStore {
  readonly gate = Promise.withResolvers<void>();

  override async load(): Promise<readonly TaskRecord[]> {
    await this.gate.promise;
    return super.load();
  }
}

describe('Scheduler: an end while it starts', () => {
  test('by the signal while the store is read means that it never connects', async () => {
    const [driver, store, deposed] = [new ScriptedDriver(), new SlowStore(), new AbortController()];
    let isConnected = false;
    driver.start = async () => {
      isConnected = true;
    };
    const scheduler = new Scheduler({ driver, store, signal: deposed.signal });
    const started = expect(scheduler.start()).rejects.toBe(reason);
    const stream = scheduler.events();
    deposed.abort(reason);
    store.gate.resolve();
    await started;
    expect(isConnected).toBe(false);
    expect((await stream.next()).value).toEqual({ type: 'stopped', error: reason });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await scheduler.close('disconnect');
  });

  test('by closing while the cluster is connected to means that it does not run', async () => {
    const [driver, gate] = [new ScriptedDriver(), Promise.withResolvers<void>()];
    driver.start = () => gate.promise;
    const scheduler = new Scheduler({ driver, store: new MemoryTaskStore() });
    const started = expect(scheduler.start()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await untilIdle();
    const closed = scheduler.close('disconnect');
    gate.resolve();
    await Promise.all([started, closed]);
    await expect(scheduler.submit([aTask('a')])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  test('because of the store or the cluster is told last of all in the streams', async () => {
    const unreadable = new MemoryTaskStore();
    unreadable.load = () => Promise.reject(full);
    const unreachable = new ScriptedDriver();
    unreachable.start = () => Promise.reject(reason);
    for (const parts of [
      { driver: new ScriptedDriver(), store: unreadable },
      { driver: unreachable, store: new MemoryTaskStore() },
    ]) {
      const scheduler = new Scheduler(parts);
      const stream = scheduler.events();
      await expect(scheduler.start()).rejects.toThrow();
      expect(await stream.next()).toMatchObject({ value: { type: 'stopped' } });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      await scheduler.close('disconnect');
    }
  });
});

describe('Scheduler: an end while the store cannot write', () => {
  test('by the signal writes nothing more, and rejects with why it ended', async () => {
    const [driver, store, clock] = [new ScriptedDriver(), new MemoryTaskStore(), new ManualClock()];
    const deposed = new AbortController();
    const options = { storePatience: 60 };
    const scheduler = new Scheduler({ driver, store, clock, options, signal: deposed.signal });
    await scheduler.start();
    await untilIdle();
    let writes = 0;
    store.commit = () => {
      writes++;
      return Promise.reject(full);
    };
    const refused = expect(scheduler.submit([aTask('a')])).rejects.toBe(reason);
    await untilIdle();
    deposed.abort(reason);
    await refused;
    expect(writes).toBe(1);
    expect(clock.timers).toBe(0);
    await scheduler.close('disconnect');
  });
});

describe('Scheduler: closing', () => {
  test('twice is closing once', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    await Promise.all([scheduler.close('teardown'), scheduler.close('disconnect')]);
    await scheduler.close('disconnect');
    expect(driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'teardown' }]);
  });

  test('tells what the driver throws, and ends the streams and requests all the same', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    const stream = scheduler.events();
    driver.onCall = () => Promise.reject(reason);
    const submitted = expect(scheduler.submit([aTask('a')])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await expect(scheduler.close('teardown')).rejects.toBe(reason);
    await submitted;
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe('Scheduler: a listener that throws', () => {
  test('hears nothing more, while the streams hear why the scheduler stopped', async () => {
    const heard: string[] = [];
    const listener = ({ type }: { type: string }) => {
      heard.push(type);
      throw reason;
    };
    const scheduler = new Scheduler({ driver: new ScriptedDriver(), store: new MemoryTaskStore(), listener });
    const stream = scheduler.events();
    await scheduler.start();
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual(['subscribed', 'stopped']);
    expect(heard).toEqual(['subscribed']);
    await scheduler.close('disconnect');
  });
});

describe('Scheduler: tasks that it cannot place', () => {
  test('are refused where they are submitted', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    const refusal = /task a: placement: expected one of .*spread.*, got "mine"/;
    await expect(scheduler.submit([aTask('a', { placement: 'mine' })])).rejects.toThrow(refusal);
    await scheduler.submit([aTask('b')]);
    driver.offer({});
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
  });

  test('fail where an earlier scheduler that had another policy took them, and the others go on', async () => {
    const store = new MemoryTaskStore();
    const specs = [aTask('a', { placement: 'mine' }), aTask('b')];
    await store.commit(specs.map((spec) => ({ type: 'added', spec })));
    const driver = new ScriptedDriver();
    const messages: unknown[] = [];
    const scheduler = new Scheduler({
      driver,
      store,
      listener: (notice) => {
        if (notice.type === 'task' && notice.state === 'failed') messages.push(notice.message);
      },
    });
    await scheduler.start();
    driver.offer({});
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    expect(messages).toEqual([expect.stringContaining("placement 'mine'")]);
    await scheduler.close('disconnect');
  });
});

describe('Scheduler: ids', () => {
  test('of tasks that are through are not given again, here or by a later scheduler', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a'), aTask('b')]);
    driver.offer({ cpus: 1 });
    await untilIdle();
    driver.update('a-1', 'TASK_FINISHED');
    await scheduler.cancel(['b']);
    const later = new Scheduler({ driver: new ScriptedDriver(), store });
    await later.start();
    for (const one of [scheduler, later]) {
      for (const id of ['a', 'b']) {
        await expect(one.submit([aTask(id)])).rejects.toMatchObject({ code: 'DUPLICATE_TASK' });
      }
      await one.close('disconnect');
    }
  });
});
