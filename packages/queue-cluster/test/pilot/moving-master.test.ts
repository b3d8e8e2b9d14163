import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import { PilotCluster } from './pilots.ts';
import { TaskFramework } from './task-framework.ts';

describe.skipIf(!requireRealMesos())('a pilot whose master', () => {
  let cluster: PilotCluster;
  const running: RealMesos[] = [];
  const start = async () => {
    const mesos = await startMesos({ agents: [], separateProcesses: true });
    running.push(mesos);
    return mesos;
  };
  beforeEach(() => {
    cluster = new PilotCluster();
  });
  afterEach(async () => {
    await cluster.destroy();
    for (const mesos of running.splice(0)) await mesos.stop();
  });

  it('moves takes its agent and tasks there, and ends when that one is gone for long', async () => {
    const [before, after] = [await start(), await start()];
    const options = cluster.options('', { limits: { masterLostSeconds: 8 } });
    const { master: _, ...waiting } = options;
    // It has no address yet; then one that is none.
    const pilot = cluster.start(waiting);
    cluster.write('address', 'not an address\n');
    await sleep(1500);
    cluster.write('address', `${new URL(before.url).host}\n`);
    const works = await TaskFramework.start(before.url);
    await works.launch('moving', `while ! [ -e ${cluster.scratch}/go ]; do sleep 0.1; done`);
    const { id } = works;
    await works.close();
    await before.killMaster();
    cluster.write('address', `${new URL(after.url).host}\n`);
    const moved = await TaskFramework.start(after.url, id);
    await waitFor('the agent to come', async () =>
      pilot.facts.master === new URL(after.url).host ? true : undefined,
    );
    writeFileSync(join(cluster.scratch, 'go'), '');
    expect(await moved.ending('moving')).toBe('TASK_FINISHED');
    rmSync(join(cluster.scratch, 'go'));
    await moved.close();
    await after.killMaster();
    expect(await pilot.ended()).toMatchObject({ reason: 'master-lost' });
    expect(cluster.leftovers()).toStrictEqual([]);
  });
});
