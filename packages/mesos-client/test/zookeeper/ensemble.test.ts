import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  sessionTimeoutLimits,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';
import { detect, eventually, expectLeader, masterInfo } from './masters.ts';
import { type SessionProxy, startSessionProxy } from './session-proxy.ts';

/** A port at which nobody listens. */
const deadServer = '127.0.0.1:1';
const node = '/mesos/json.info_0000000001';

describe.skipIf(!requireRealZooKeeper())('three real servers of ZooKeeper', () => {
  let zooKeeper: RealZooKeeper;
  let proxies: readonly SessionProxy[];
  let detector: MasterDetector;

  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 3 });
    await write(async (writer) => {
      await writer.create('/mesos');
      await writer.create(node, masterInfo(1));
    });
  });
  afterAll(() => zooKeeper?.stop());
  beforeEach(async () => {
    await changeTo(1);
    proxies = await Promise.all(zooKeeper.servers.map(({ port }) => startSessionProxy(port)));
    const servers = proxies.map(({ port }) => `127.0.0.1:${port}`);
    // The longest that servers grant: they have to elect a leader of their own before it is over.
    const sessionTimeout = sessionTimeoutLimits.maximum;
    detector = detect(`zk://${[deadServer, ...servers].join(',')}/mesos`, { sessionTimeout });
    await expectLeader(detector, 1);
  });
  afterEach(async () => {
    await detector.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await zooKeeper.waitUntilServing();
  });

  /** At the first server that takes it. */
  async function write(action: (writer: ZooKeeperWriter) => Promise<void>): Promise<void> {
    await eventually(async () => {
      const writer = await Promise.any(zooKeeper.servers.map(({ port }) => ZooKeeperWriter.open(port)));
      await action(writer).finally(() => writer.close());
    });
  }

  const changeTo = (port: number) => write((writer) => writer.setData(node, masterInfo(port)));
  const sessionsNow = () => proxies.flatMap(({ sessions }) => sessions.map(({ id }) => id));
  /** The one our detector talks to. */
  const serverInUse = () => {
    const server = zooKeeper.servers[proxies.findIndex(({ connected }) => connected > 0)];
    if (!server) throw new Error('expected a connection');
    return server;
  };

  it('stand in for one that is killed, in the same session', async () => {
    const server = serverInUse();
    await server.kill();
    await eventually(() => expect(sessionsNow().length).toBeGreaterThan(1));
    expect(new Set(sessionsNow()).size).toBe(1);
    await changeTo(2);
    await expectLeader(detector, 2);
    await server.restart();
  });

  it('stand in for one that is frozen', async () => {
    const server = serverInUse();
    server.freeze();
    try {
      await eventually(() => expect(sessionsNow().length).toBeGreaterThan(1));
      await changeTo(2);
      await expectLeader(detector, 2);
    } finally {
      server.thaw();
    }
  });

  it('may all go away and come back', async () => {
    await Promise.all(zooKeeper.servers.map((server) => server.kill()));
    await eventually(() => expect(detector.trouble?.match(/ZooKeeper at/g)).toHaveLength(4));
    await expectLeader(detector, 1);
    await Promise.all(zooKeeper.servers.map((server) => server.restart()));
    await changeTo(2);
    await expectLeader(detector, 2);
    expect(detector.trouble).toBeUndefined();
  });
});
