import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealZooKeeper,
  type RealZooKeeperServer,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';
import { detect, eventually, expectLeader, masterInfo, sessionMilliseconds } from './masters.ts';
import { type SessionProxy, startSessionProxy } from './session-proxy.ts';

describe.skipIf(!requireRealZooKeeper())('a real ZooKeeper of one server that comes and goes', () => {
  let zooKeeper: RealZooKeeper;
  let server: RealZooKeeperServer;
  let proxy: SessionProxy;
  let detector: MasterDetector;
  let node: string;

  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 1 });
    const [first] = zooKeeper.servers;
    if (!first) throw new Error('expected a server');
    server = first;
    const writer = await ZooKeeperWriter.open(server.port);
    await writer.create('/mesos');
    await writer.close();
  });
  afterAll(() => zooKeeper?.stop());
  beforeEach(async () => {
    node = await write((writer) => writer.create('/mesos/json.info_', masterInfo(1), { sequence: true }));
    proxy = await startSessionProxy(server.port);
    detector = detect(`zk://127.0.0.1:${proxy.port}/mesos`);
    await expectLeader(detector, 1);
  });
  afterEach(async () => {
    await detector.close();
    await proxy.close();
    await write((writer) => writer.remove(node));
  });

  async function write<T>(action: (writer: ZooKeeperWriter) => Promise<T>): Promise<T> {
    const writer = await ZooKeeperWriter.open(server.port);
    try {
      return await action(writer);
    } finally {
      await writer.close();
    }
  }

  const changeTo = (port: number) => write((writer) => writer.setData(node, masterInfo(port)));

  it('keeps the leader while it is killed, says so, and sees a change after it', async () => {
    await server.kill();
    await eventually(() => expect(detector.trouble).toMatch(/ZooKeeper at 127\.0\.0\.1:\d+: /));
    await expectLeader(detector, 1);
    await server.restart();
    await changeTo(2);
    await expectLeader(detector, 2);
    expect(detector.trouble).toBeUndefined();
  });

  it('is left where it falls silent, and met again', async () => {
    server.freeze();
    await eventually(() => expect(detector.trouble).toMatch(/silent|in time/));
    await expectLeader(detector, 1);
    server.thaw();
    await changeTo(2);
    await expectLeader(detector, 2);
  });

  it('keeps the session and the connection while nothing happens', async () => {
    await sleep(1.5 * sessionMilliseconds);
    expect(proxy.sessions).toHaveLength(1);
    expect(proxy.connected).toBe(1);
    await changeTo(2);
    await expectLeader(detector, 2);
  });

  it('goes on with the session where only the connection was cut', async () => {
    proxy.cut();
    await eventually(() => expect(proxy.sessions).toHaveLength(2));
    expect(proxy.sessions[1]).toStrictEqual(proxy.sessions[0]);
    await changeTo(2);
    await expectLeader(detector, 2);
  });

  it('gives a new session where another has ended the old one', async () => {
    const [session] = proxy.sessions;
    if (!session) throw new Error('expected a session');
    await (await ZooKeeperWriter.open(server.port, { session })).close();
    await eventually(() => expect(proxy.sessions).toHaveLength(2));
    expect(proxy.sessions[1]?.id).not.toBe(session.id);
    await changeTo(2);
    await expectLeader(detector, 2);
  });

  it('gives a new session after an outage longer than the old one may last', async () => {
    const [session] = proxy.sessions;
    proxy.isSilent = true;
    proxy.cut();
    await sleep(1.5 * sessionMilliseconds);
    proxy.isSilent = false;
    await eventually(() => expect(proxy.sessions).toHaveLength(2));
    expect(proxy.sessions[1]?.id).not.toBe(session?.id);
    await changeTo(2);
    await expectLeader(detector, 2);
  });

  it('has no session of ours left after `close`', async () => {
    const [session] = proxy.sessions;
    if (!session) throw new Error('expected a session');
    await detector.close();
    await expect(ZooKeeperWriter.open(server.port, { session })).rejects.toThrow('has expired');
    await eventually(() => expect(proxy.connected).toBe(0));
  });
});
