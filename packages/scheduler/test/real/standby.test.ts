import { MasterClient } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { requireRealPostgres, startPostgres } from '../../../../test-fixtures/real-postgres/real-postgres.ts';
import { recordsIn } from './compose.ts';
import { RealRun } from './real-run.ts';
import { SchedulerChild } from './scheduler-child.ts';

describe.skipIf(!requireRealMesos() || !requireRealPostgres())('two runtimes on one database', () => {
  it('one stands by, takes over after kill -9 of the other as the same framework, and finishes all', async () => {
    await using run = await RealRun.start({ agents: [{ resources: 'cpus:2;mem:1024' }] });
    await using postgres = Object.assign(await startPostgres(), {
      [Symbol.asyncDispose]: () => postgres.stop(),
    });
    const { ledger } = run;
    const settings = {
      master: run.cluster.url,
      store: await postgres.newDatabase(),
      tasks: Array.from({ length: 12 }, (_, index) => ledger.task(`task-${index}`, 'sleep 0.3')),
    };
    await using first = new SchedulerChild(settings);
    await first.until('acknowledged');
    await using second = new SchedulerChild(settings);
    const killedAt = performance.now();
    await first.kill();
    await second.until('subscribed');
    const seconds = (performance.now() - killedAt) / 1000;
    console.log(`standby: subscribed ${seconds.toFixed(1)} s after kill -9 of the leader`);
    expect(await second.ended).toBe(0);
    expect(second.lines).toContain('settled');
    const { wrong } = ledger.account(await recordsIn(settings.store));
    expect(wrong).toEqual([]);
    await using master = new MasterClient({ master: run.cluster.url });
    const { frameworks = [], completed_frameworks = [] } = await master.call({ type: 'GET_FRAMEWORKS' });
    expect([...frameworks, ...completed_frameworks]).toHaveLength(1);
  });
});
