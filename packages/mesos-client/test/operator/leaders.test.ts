import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { MasterClient } from '../../src/index.ts';

describe.skipIf(!(requireRealMesos() && requireRealZooKeeper()))('an operator of several masters', () => {
  let zooKeeper: RealZooKeeper;
  let cluster: RealMesos;
  let zookeeper: string;

  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 1 });
    zookeeper = `zk://${zooKeeper.address}/mesos`;
    cluster = await startMesos({
      agents: [{ resources: 'cpus:1;mem:256' }],
      zookeeper,
      masters: 2,
      masterFlags: { quorum: '1' },
    });
  });

  afterAll(async () => {
    await cluster?.stop();
    await zooKeeper?.stop();
  });

  it('is redirected by a standby, also for files, and finds the leader in ZooKeeper', async () => {
    const [leader, standby] = cluster.masters.map(({ url }) => url);
    for (const master of [standby ?? '', zookeeper, `${standby},${leader}`]) {
      await using client = new MasterClient({ master });
      expect((await client.call({ type: 'GET_AGENTS' })).agents?.length).toBe(1);
      expect(client.masterUrl).toBe(leader);
      await expect(client.downloadFile('/master/log').next()).rejects.toMatchObject({ status: 404 });
    }
  });

  it('goes over to the next leader where the first one hangs', async () => {
    const [first, second] = cluster.masters;
    await using client = new MasterClient({ master: zookeeper, patience: 30_000 });
    const events = client.watch();
    const next = async () => {
      for (;;) {
        const { value } = await events.next();
        if (value && value.type !== 'HEARTBEAT' && value.type !== 'AGENT_ADDED') return value;
      }
    };
    expect(await next()).toMatchObject({ type: 'SUBSCRIBED' });
    first?.freeze();
    const disconnected = await next();
    expect(disconnected).toMatchObject({ type: 'DISCONNECTED', reason: { code: 'CONNECTION_LOST' } });
    expect(disconnected).toMatchObject({
      reason: { message: expect.stringContaining(`${second?.url} leads now`) },
    });
    let event = await next();
    while (event.type === 'RETRYING') event = await next();
    expect(event.type).toBe('SUBSCRIBED');
    await client.call({
      type: 'UPDATE_WEIGHTS',
      update_weights: { weight_infos: [{ role: 'r', weight: 2 }] },
    });
    expect(client.masterUrl).toBe(second?.url);
    await events.return();
  });
});
