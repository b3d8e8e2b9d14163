import { describe, expect, it } from 'vitest';
import { simulatedScheduler, someTasks } from '../../../test-helpers/simulated-scheduler.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';

describe('a scheduler on a simulated cluster', () => {
  it('runs a thousand tasks on ten agents, and leaves nothing behind', async () => {
    const cluster = new SimulatedCluster();
    cluster.addAgents(10, { resources: { cpus: 8, mem: 16_384, disk: 1000 } });
    const { scheduler, driver, notices, start, settled, close } = simulatedScheduler(cluster);
    await start();
    await scheduler.submit(someTasks(1000));
    await settled();
    const ends = notices.filter((notice) => notice.type === 'task' && notice.state === 'finished');
    expect(ends).toHaveLength(1000);
    // 80 at a time for a minute each.
    expect(cluster.time.now / 60_000).toBeGreaterThan(12.5);
    expect(cluster.time.now / 60_000).toBeLessThan(15);
    expect(driver.excesses).toEqual([]);
    expect(cluster.ledger).toMatchObject({ overcommitted: [], startedTwice: [], starts: 1000 });
    await close();
    expect(cluster.master?.state.offers.count).toBe(0);
  });
});
