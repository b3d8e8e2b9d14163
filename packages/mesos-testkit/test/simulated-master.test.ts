import { MesosDriver } from '@galaxy-mesos/drivers';
import { Scheduler, type SchedulerNotice } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { describe, expect, it } from 'vitest';
import { audit } from '../src/simulation/audit/audit.ts';
import { SimulatedMaster } from '../src/simulation/http/simulated-master.ts';
import { SimulatedCluster } from '../src/simulation/simulated-cluster.ts';
import { someTasks } from '../test-helpers/simulated-scheduler.ts';

const machine = { resources: { cpus: 8, mem: 16_384, disk: 1000, ports: [{ begin: 31_000, end: 32_000 }] } };

describe('a simulated master behind HTTP', () => {
  it('serves a real driver and scheduler with ten thousand agents', async () => {
    const cluster = new SimulatedCluster();
    cluster.addAgents(10_000, machine);
    await using master = await SimulatedMaster.listen({ cluster, speed: 20 });
    const notices: SchedulerNotice[] = [];
    const scheduler = new Scheduler({
      driver: new MesosDriver({ master: master.url, frameworkName: 'simulated' }),
      store: new MemoryTaskStore(),
      listener: (notice) => void notices.push(notice),
    });
    await scheduler.start();
    await scheduler.submit(someTasks(500));
    await scheduler.settled();
    const finished = notices.filter((notice) => notice.type === 'task' && notice.state === 'finished');
    expect(finished).toHaveLength(500);
    expect(audit(cluster).violations).toEqual([]);
    await scheduler.close('teardown');
    expect(audit(cluster)).toMatchObject({ openOffers: 0, alive: 0 });
  });
});
