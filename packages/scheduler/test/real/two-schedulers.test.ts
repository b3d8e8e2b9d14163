import { setTimeout as sleep } from 'node:timers/promises';
import { openJobStore } from '@galaxy-mesos/job-store';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { requireRealPostgres, startPostgres } from '../../../../test-fixtures/real-postgres/real-postgres.ts';
import { recordsIn } from './compose.ts';
import { RealRun, until, untilState } from './real-run.ts';
import { SchedulerChild } from './scheduler-child.ts';
import { tapDriver } from './taps.ts';

const agents = [{ resources: 'cpus:2;mem:1024' }];

describe.skipIf(!requireRealMesos())('two schedulers of one framework', () => {
  it('are one soon: the first stops and sends nothing more, the second does the rest', async () => {
    await using run = await RealRun.start({ agents });
    await using store = Object.assign(await openJobStore(run.store), {
      [Symbol.asyncDispose]: () => store.close(),
    });
    const { ledger } = run;
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const sent: string[] = [];
    const first = await run.runtime(
      ids.map((id) => ledger.heldTask(id)),
      {
        store,
        tapDriver: (driver) =>
          tapDriver(driver, {
            launch: (pass) => {
              sent.push('launch');
              return pass();
            },
            acknowledge: (pass) => {
              sent.push('acknowledge');
              return pass();
            },
          }),
      },
    );
    await untilState(first, 'a', 'TASK_RUNNING');
    await untilState(first, 'b', 'TASK_RUNNING');
    // Looked at from the start: the first may hear of it before the second has begun.
    const firstEnds = expect(first.scheduler.settled()).rejects.toMatchObject({
      code: 'FRAMEWORK_FAILED_OVER',
    });
    const second = await run.runtime([], { store });
    await firstEnds;
    const sentUntilThen = sent.length;
    await expect(first.scheduler.submit([ledger.task('g', 'true')])).rejects.toMatchObject({
      code: 'FRAMEWORK_FAILED_OVER',
    });
    ledger.let(...ids);
    await second.scheduler.settled();
    expect(sent.slice(sentUntilThen)).toEqual([]);
    expect(ledger.account(await second.records())).toEqual({ wrong: [], doubled: [] });
    expect(await second.frameworkId()).toBe(first.driver.frameworkId);
  });

  it.skipIf(!requireRealPostgres())(
    'of which one was stopped for too long: woken, it launches nothing of what it was about to',
    async () => {
      await using run = await RealRun.start({ agents });
      await using postgres = await startPostgres();
      const { ledger } = run;
      const settings = {
        master: run.cluster.url,
        store: await postgres.newDatabase(),
        leaseSeconds: 1,
        tasks: Array.from({ length: 12 }, (_, index) => ledger.task(`task-${index}`, 'sleep 0.3')),
      };
      await using first = new SchedulerChild(settings);
      await first.until('acknowledged');
      first.signal('SIGSTOP');
      const passed = first.lines.length;
      await using second = new SchedulerChild(settings);
      await second.until('accepted');
      first.signal('SIGCONT');
      expect(await first.ended).toBe(1);
      expect(await second.ended).toBe(0);
      const late = first.lines.slice(passed);
      expect(late.filter((line) => ['intent', 'accepted'].includes(line))).toEqual([]);
      expect(late.join('\n')).toMatch(/rejected .*(DEPOSED|FRAMEWORK_FAILED_OVER)/);
      const { wrong, doubled } = ledger.account(await recordsIn(settings.store));
      expect({ wrong, doubled }).toEqual({ wrong: [], doubled: [] });
    },
  );

  it.skipIf(!requireRealPostgres())(
    'of which one stands by: it goes on when the other is killed',
    async () => {
      await using run = await RealRun.start({ agents });
      await using postgres = await startPostgres();
      const { ledger } = run;
      const settings = {
        master: run.cluster.url,
        store: await postgres.newDatabase(),
        tasks: Array.from({ length: 12 }, (_, index) => ledger.task(`task-${index}`, 'sleep 0.3')),
      };
      await using first = new SchedulerChild(settings);
      await first.until('acknowledged');
      await using second = new SchedulerChild(settings);
      await second.until('waiting');
      await first.kill();
      const killed = performance.now();
      await second.until('subscribed');
      console.log(`it led ${((performance.now() - killed) / 1000).toFixed(1)} s after the other was killed`);
      expect(await second.ended).toBe(0);
      expect(second.lines.filter((line) => line === 'subscribed')).toHaveLength(1);
      expect(ledger.account(await recordsIn(settings.store))).toEqual({ wrong: [], doubled: [] });
      expect(await run.frameworks()).toHaveLength(1);
    },
  );

  it.skipIf(!requireRealPostgres())(
    'or one alone launch nothing while the store cannot be written',
    async () => {
      await using run = await RealRun.start({ agents });
      await using postgres = await startPostgres();
      const { ledger } = run;
      const runtime = await run.runtime([], {
        store: await postgres.newDatabase(),
        openOptions: { leaseSeconds: 30 },
        options: { storePatience: 30 },
      });
      await runtime.scheduler.submit(['a', 'b', 'c', 'd'].map((id) => ledger.heldTask(id)));
      await untilState(runtime, 'a', 'TASK_RUNNING');
      await untilState(runtime, 'b', 'TASK_RUNNING');
      postgres.freeze();
      ledger.let('a', 'b', 'c', 'd');
      await until('a and b to end', () => ledger.runsOf('a').ended[0] && ledger.runsOf('b').ended[0]);
      // The place is free now: so long it could take to launch there.
      await sleep(1000);
      expect([ledger.runsOf('c').began, ledger.runsOf('d').began]).toEqual([[], []]);
      postgres.thaw();
      await runtime.scheduler.settled();
      expect(ledger.account(await runtime.records())).toEqual({ wrong: [], doubled: [] });
    },
  );
});
