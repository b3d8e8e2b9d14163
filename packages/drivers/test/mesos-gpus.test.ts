import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { aLaunch, smallTask } from './driver-fixture.ts';
import { MesosFixture } from './mesos-fixture.ts';

let fixture: MesosFixture;

describe.skipIf(!requireRealMesos())('MesosDriver on an agent with graphics processors', () => {
  beforeAll(async () => {
    const resources = 'cpus:2;mem:1024;disk:1024;gpus:2;gpu_devices:{4,GPU-5a1b}';
    const attributes = 'gpu_variable:CUDA_VISIBLE_DEVICES';
    fixture = new MesosFixture(await startMesos({ agents: [{ resources, attributes }] }));
  });

  afterEach(() => fixture.stopDrivers());

  afterAll(() => fixture.cluster.stop());

  it('hears of it once something that waits asks for them, and not before', async () => {
    const { driver, log } = await fixture.start();
    await driver.revive({ smallest: [{ cpus: 0.1, mem: 1, disk: 0 }], agents: [] });
    // All that may be offered would be, in one of several allocations.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const from = log.length;
    await driver.revive({ smallest: [], agents: [], gpus: true });
    const offer = await log.offer(from);
    expect(offer.resources).toMatchObject({ gpus: 2 });
    expect(offer.id).toBe((await log.offer(0)).id);
  });

  it('gives each task its own, and shows tasks without none', async () => {
    const started = await fixture.start({ gpu: true });
    const offer = await started.log.offer();
    const command = 'echo "$CUDA_VISIBLE_DEVICES"';
    const one = { resources: { ...smallTask, gpus: 1 } };
    const launches = [aLaunch(command, one), aLaunch(command, one), aLaunch(command)];
    await started.driver.launch([offer.id], launches);
    const seen: string[] = [];
    for (const { attemptId } of launches) {
      expect(await started.log.end(attemptId)).toMatchObject({ state: 'TASK_FINISHED' });
      const attempt = { attemptId, agentId: offer.agent.id };
      seen.push(
        (await started.driver.tailSandboxFile(attempt, 'stdout', 1000)).trim().split('\n').at(-1) ?? '',
      );
    }
    expect(seen.slice(0, 2).sort()).toEqual(['4', 'GPU-5a1b']);
    expect(seen[2]).toBe('-1');
  });
});
