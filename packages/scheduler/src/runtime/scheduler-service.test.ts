import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { untilIdle } from '../testing/manual-clock.ts';
import { MemoryTaskStore } from '../testing/memory-task-store.ts';
import { schedulerUnderTest } from '../testing/scheduler-fixture.ts';
import { ScriptedDriver } from '../testing/scripted-driver.ts';
import { Scheduler } from './scheduler.ts';

const facts = { id: 'agent-1', hostname: 'host-1', attributes: { rack: 'r1' } };

describe('Scheduler: in a service', () => {
  test('forgets what has ended, and refuses to forget what has not', async () => {
    const { scheduler, driver, store } = await schedulerUnderTest();
    await scheduler.submit([aTask('a'), aTask('b')]);
    driver.offer({});
    await untilIdle();
    driver.update('a-1', 'TASK_FINISHED');
    await expect(scheduler.forget(['a', 'b'])).rejects.toMatchObject({ code: 'NOT_ENDED' });
    await scheduler.forget(['a']);
    expect((await store.load()).map(({ spec }) => spec.id)).toEqual(['b']);
    await scheduler.submit([aTask('a')]);
    await scheduler.close('disconnect');
  });

  test('holds tasks of the store from its very start', async () => {
    const store = new MemoryTaskStore();
    await store.commit([
      { type: 'added', spec: aTask('a') },
      { type: 'added', spec: aTask('b') },
    ]);
    const driver = new ScriptedDriver();
    const scheduler = new Scheduler({ driver, store });
    await scheduler.hold(['a']);
    await scheduler.start();
    driver.offer({ cpus: 2 });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1']);
    await scheduler.release(['a']);
    driver.offer({ cpus: 2 }, { agent: { ...facts, id: 'agent-2' } });
    await untilIdle();
    expect(driver.launched).toEqual(['b-1', 'a-1']);
    await scheduler.close('disconnect');
    await expect(scheduler.hold(['a'])).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  test('says when nothing of cancelled tasks is out any more', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    await scheduler.submit([aTask('a')]);
    driver.offer({});
    await untilIdle();
    driver.update('a-1', 'TASK_RUNNING');
    await scheduler.cancel(['a']);
    let isGone = false;
    const gone = scheduler.gone(['a', 'never there']).then(() => {
      isGone = true;
    });
    await untilIdle();
    expect(isGone).toBe(false);
    await expect(scheduler.gone(['a'], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    driver.update('a-1', 'TASK_KILLED');
    await gone;
    const abort = new AbortController();
    await scheduler.submit([aTask('b')]);
    driver.offer({});
    await untilIdle();
    const waiting = scheduler.gone(['b'], abort.signal);
    abort.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
    const closed = scheduler.gone(['b']);
    await scheduler.close('disconnect');
    await expect(closed).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  test('tells of its agents, what they have, and what its attempts use there', async () => {
    const { scheduler, driver } = await schedulerUnderTest({ agentFailuresTolerated: 0 });
    driver.emit({
      type: 'agents',
      agents: [
        { ...facts, total: { cpus: 4, mem: 1024, disk: 100, gpus: 1 } },
        { ...facts, id: 'agent-2', total: { cpus: 1, mem: 1, disk: 1 } },
      ],
      final: false,
    });
    await scheduler.submit([aTask('a'), aTask('b', { resources: { cpus: 0.3, mem: 10, disk: 5 } })]);
    driver.offer({ cpus: 4, mem: 1024, disk: 100 }, { agent: facts });
    await untilIdle();
    const [first, second] = scheduler.agents();
    expect(first).toEqual({
      id: 'agent-1',
      hostname: 'host-1',
      attributes: { rack: 'r1' },
      total: { cpus: 4, mem: 1024, disk: 100, gpus: 1 },
      used: { cpus: 1.3, mem: 74, disk: 5, gpus: 0 },
      attempts: 2,
    });
    expect(second).toMatchObject({ used: { cpus: 0, mem: 0, disk: 0, gpus: 0 }, attempts: 0 });
    driver.update('a-1', 'TASK_FAILED');
    await untilIdle();
    expect(scheduler.agents()[0]).toMatchObject({ attempts: 1, avoidedSeconds: 60 });
    await scheduler.close('disconnect');
  });

  test('goes by another policy when it is told to, and keeps the old one if that is wrong', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    await scheduler.reconfigure({ users: { ann: { quota: { tasks: 1 } } } });
    const tasks = ['a', 'b', 'c'].map((id) => aTask(id, { user: 'ann' }));
    await scheduler.submit(tasks);
    driver.offer({ cpus: 4 });
    await untilIdle();
    expect(driver.launched).toEqual(['a-1']);
    await expect(scheduler.reconfigure({ placement: 'nowhere' })).rejects.toThrow(/placement 'nowhere'/);
    await expect(scheduler.reconfigure({ queues: { q: { weight: 0 } } })).rejects.toThrow(
      /weight of queue 'q'/,
    );
    driver.offer({ cpus: 4 });
    await untilIdle();
    expect(driver.launched).toEqual(['a-1']);
    await scheduler.reconfigure({ placement: 'best-fit', users: { ann: { quota: { tasks: 2 } } } });
    driver.offer({ cpus: 4 });
    await untilIdle();
    expect(driver.launched).toEqual(['a-1', 'b-1']);
    await scheduler.reconfigure({});
    driver.offer({ cpus: 4 });
    await untilIdle();
    expect(driver.launched).toEqual(['a-1', 'b-1', 'c-1']);
    await scheduler.close('disconnect');
  });

  test('tells an attempt how many cores and how much memory it has, more after one that had too little', async () => {
    const { scheduler, driver } = await schedulerUnderTest();
    const retryRules = { outOfMemory: { factor: 2, maximum: 100 } };
    await scheduler.submit([
      aTask('a', { retryRules, runAs: 'galaxy', container: { image: 'i', type: 'mesos' } }),
    ]);
    driver.offer({});
    await untilIdle();
    driver.update('a-1', 'TASK_RUNNING');
    driver.update('a-1', 'TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
    await untilIdle();
    driver.offer({});
    await untilIdle();
    const launches = driver.callsOf('launch').flatMap((call) => call.launches);
    expect(
      launches.map(({ environment: { GALAXY_MESOS_CPUS, GALAXY_MESOS_MEM } }) => [
        GALAXY_MESOS_CPUS,
        GALAXY_MESOS_MEM,
      ]),
    ).toEqual([
      ['1', '64'],
      ['1', '100'],
    ]);
    expect(launches[1]).toMatchObject({ runAs: 'galaxy', container: { image: 'i', type: 'mesos' } });
    await scheduler.close('disconnect');
  });
});
