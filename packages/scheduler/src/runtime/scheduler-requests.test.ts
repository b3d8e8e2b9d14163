import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { schedulerUnderTest } from '../testing/scheduler-fixture.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import { Scheduler } from './scheduler.ts';

describe('Scheduler: requests', () => {
  test('submitting resolves when the tasks are written', async () => {
    const { scheduler, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a'), aTask('b')]);
    expect((await store.load()).map(({ spec }) => spec.id)).toEqual(['a', 'b']);
  });

  test('a task is refused whose id is known, in the store, submitted or in the same list', async () => {
    const { scheduler, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    const refusal = { code: 'DUPLICATE_TASK', message: '[DUPLICATE_TASK] there is a task a already' };
    await expect(scheduler.submit([aTask('b'), aTask('a')])).rejects.toMatchObject(refusal);
    await expect(scheduler.submit([aTask('c'), aTask('c')])).rejects.toMatchObject({
      code: 'DUPLICATE_TASK',
    });
    expect(await store.load()).toHaveLength(1);
    const later = new Scheduler({ driver: new ScriptedDriver(), store, listener: () => {} });
    await later.start();
    await expect(later.submit([aTask('a')])).rejects.toMatchObject(refusal);
    await later.close('disconnect');
  });

  test('are refused before the start and after the end, because nothing would become of them', async () => {
    const notStarted = new Scheduler({
      driver: new ScriptedDriver(),
      store: new MemoryTaskStore(),
      listener: () => {},
    });
    await expect(notStarted.submit([aTask('a')])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    const { scheduler } = await schedulerUnderTest();
    await scheduler.close('disconnect');
    await expect(scheduler.submit([aTask('a')])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await expect(scheduler.start()).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
  });

  test('are answered even if the scheduler is closed before they take effect', async () => {
    const { scheduler, store } = await schedulerUnderTest();
    const submitted = scheduler.submit([aTask('a')]);
    const closed = scheduler.close('disconnect');
    await expect(submitted).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await closed;
    expect(await store.load()).toEqual([]);
  });

  test('resolve although updates go on coming in', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('first')]);
    driver.offer({});
    await untilIdle();
    // With every write there is something new to be written.
    let left = 1000;
    store.beforeCommit = () => {
      if (left-- > 0) driver.update('first-1', left % 2 ? 'TASK_RUNNING' : 'TASK_UNREACHABLE');
    };
    await scheduler.submit([aTask('second')]);
    expect(left).toBeGreaterThan(900);
    for (let turn = 0; turn < 1000 && left > 0; turn++) await untilIdle();
    expect(left).toBeLessThanOrEqual(0);
  });
});

describe('Scheduler: roles', () => {
  test('tasks that name none take offers for the one that the scheduler was given', async () => {
    const driver = new ScriptedDriver();
    const scheduler = new Scheduler({ driver, store: new MemoryTaskStore(), role: 'research' });
    await scheduler.start();
    await scheduler.submit([aTask('a'), aTask('b', { role: 'teaching' })]);
    driver.offer({ cpus: 2 }, { role: 'teaching' });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    driver.offer(
      { cpus: 2 },
      { role: 'research', agent: { id: 'agent-2', hostname: 'host-2', attributes: {} } },
    );
    await untilIdle();
    expect(driver.launched).toEqual(['b-1', 'a-1']);
    await scheduler.close('disconnect');
  });
});
