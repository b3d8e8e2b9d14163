import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { recordsIn } from './compose.ts';
import { Ledger } from './ledger.ts';
import { points } from './process-settings.ts';
import { SchedulerChild } from './scheduler-child.ts';

const kills = 30;
const taskCount = 150;
const seed = 5;

/** Some milliseconds after a point was passed so often; enough lives must be left to launch something. */
const moments = fc.record({
  point: fc.constantFrom(...points),
  occurrence: fc.integer({ min: 1, max: 2 }),
  milliseconds: fc.integer({ min: 0, max: 40 }),
});

let cluster: RealMesos;

describe.skipIf(!requireRealMesos())('a scheduler that is killed again and again', () => {
  beforeAll(async () => {
    const agent = { resources: 'cpus:4;mem:2048' };
    cluster = await startMesos({ agents: [agent, agent, agent] });
  });

  afterAll(() => cluster?.stop());

  it('does all tasks, and none of them twice', async () => {
    const ledger = new Ledger(cluster.folder);
    const lengths = fc.sample(fc.integer({ min: 1, max: 5 }), { seed, numRuns: taskCount });
    const settings = {
      master: cluster.url,
      store: join(cluster.folder, 'store.sqlite'),
      tasks: lengths.map((tenths, index) => ledger.task(`task-${index}`, `sleep 0.${tenths}`)),
    };
    const began = performance.now();
    for (const { point, occurrence, milliseconds } of fc.sample(moments, { seed, numRuns: kills })) {
      await using child = new SchedulerChild(settings);
      // A point that is not passed so often any more must not end the test.
      await child.until(point, point === 'subscribed' ? 1 : occurrence);
      await sleep(milliseconds);
      await child.kill();
      expect(await child.ended, `killed after ${occurrence} ${point}`).toBe('SIGKILL');
    }
    const killed = performance.now();
    await using last = new SchedulerChild(settings);
    expect(await last.ended).toBe(0);

    const records = await recordsIn(settings.store);
    const { wrong, doubled } = ledger.account(records);
    const attempts = records.flatMap((record) => record.attempts).length;
    const seconds = [killed - began, performance.now() - killed].map((time) => (time / 1000).toFixed(1));
    console.log(
      `${kills} kills in ${seconds[0]} s, then ${seconds[1]} s to the end; ` +
        `${records.length} tasks, ${attempts} attempts, ${doubled.length} ran besides one that counts`,
    );
    expect(records).toHaveLength(taskCount);
    expect({ wrong, doubled }).toEqual({ wrong: [], doubled: [] });
  });
});
