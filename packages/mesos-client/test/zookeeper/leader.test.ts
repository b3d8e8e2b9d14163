import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { access, ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';
import { createCodec } from '../../src/codec/codec.ts';
import type { MasterDetectorOptions } from '../../src/leader/create-master-detector.ts';
import type { MasterDetector } from '../../src/leader/master-detector.ts';
import { detect, eventually, expectLeader, masterInfo, register } from './masters.ts';

const never = new AbortController().signal;

describe.skipIf(!requireRealZooKeeper())('the leader that a real ZooKeeper knows', () => {
  let zooKeeper: RealZooKeeper;
  let port: number;
  let writer: ZooKeeperWriter;
  let path: string;
  let count = 0;
  const detectors: MasterDetector[] = [];

  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 1 });
    port = zooKeeper.servers[0]?.port ?? 0;
  });
  afterAll(() => zooKeeper?.stop());
  beforeEach(async () => {
    writer = await ZooKeeperWriter.open(port);
    path = `/mesos-${++count}`;
  });
  afterEach(async () => {
    await Promise.all(detectors.splice(0).map((detector) => detector.close()));
    await writer.close();
  });

  function detectHere(options: MasterDetectorOptions = {}, at: string = path): MasterDetector {
    const detector = detect(`zk://localhost:${port}${at}`, options);
    detectors.push(detector);
    return detector;
  }

  it('is the one that registered first', async () => {
    await writer.create(path);
    await writer.create(`${path}/log_replicas`);
    await register(writer, path, 1);
    await register(writer, path, 2);
    const detector = detectHere();
    await expectLeader(detector, 1);
    expect(detector.trouble).toBeUndefined();
  });

  it('is found below a path of several names, and as `rewrite` and `scheme` have it', async () => {
    await writer.create(path);
    await writer.create(`${path}/mesos`);
    await register(writer, `${path}/mesos`, 1);
    const rewrite = (address: URL) => new URL(`${address.protocol}//nat-${address.hostname}:${address.port}`);
    const [leader] = await detectHere({ rewrite, scheme: 'https' }, `${path}/mesos`).candidates(never);
    expect(leader?.href).toBe('https://nat-m:1/');
  });

  it('is waited for while there is no path, and while nobody has registered', async () => {
    const detector = detectHere();
    const [first, second] = [detector.candidates(never), detector.candidates(never)];
    await eventually(() => expect(detector.trouble).toMatch(/no master has registered yet/));
    await writer.create(path);
    await eventually(() => expect(detector.trouble).toMatch(/no master is registered/));
    await expect(detector.candidates(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'ABORTED' });
    await register(writer, path, 1);
    expect((await first)[0]?.port).toBe('1');
    expect(await second).toStrictEqual(await first);
    expect(detector.trouble).toBeUndefined();
  });

  it('is waited for again once all masters are gone', async () => {
    await writer.create(path);
    const node = await register(writer, path, 1);
    const detector = detectHere();
    const heard: string[] = [];
    const stopListening = detector.onLeader((leader) => heard.push(leader.port));
    await expectLeader(detector, 1);
    await writer.remove(node);
    await eventually(() => expect(detector.trouble).toMatch(/no master is registered/));
    await writer.remove(path);
    await eventually(() => expect(detector.trouble).toMatch(/no master has registered yet/));
    await writer.create(path);
    await register(writer, path, 1);
    await expectLeader(detector, 1);
    stopListening();
    await writer.remove(await register(writer, path, 2));
    expect(heard).toStrictEqual(['1', '1']);
  });

  it('changes with the data of its node', async () => {
    await writer.create(path);
    const node = await register(writer, path, 1);
    const detector = detectHere();
    await expectLeader(detector, 1);
    await writer.setData(node, masterInfo(2));
    await expectLeader(detector, 2);
    await writer.setData(node, '{');
    await eventually(() => expect(detector.trouble).toMatch(/json\.info_0000000000 cannot be read/));
    await writer.setData(node, masterInfo(3));
    await expectLeader(detector, 3);
  });

  it('may be an older master, which writes protobuf', async () => {
    await writer.create(path);
    const old = createCodec('protobuf', 'mesos.v1.MasterInfo').encode({ id: 'old', ip: 0x0100000a, port: 1 });
    await writer.create(`${path}/info_`, old, { sequence: true, ephemeral: true });
    await register(writer, path, 2);
    await expectLeader(detectHere(), 1);
  });

  it('is always the lowest in the end, however masters come and go', async () => {
    await writer.create(path);
    const nodes: { readonly node: string; readonly port: number }[] = [];
    const detector = detectHere();
    const heard: string[] = [];
    detector.onLeader((leader) => heard.push(leader.port));
    const found = detector.candidates(never);
    for (let step = 1; step <= 50; step++) {
      const leaves = nodes.length > 1 && Math.random() < 0.5;
      const [gone] = leaves ? nodes.splice(Math.floor(Math.random() * nodes.length), 1) : [];
      if (gone) await writer.remove(gone.node);
      else nodes.push({ node: await register(writer, path, step), port: step });
    }
    await found;
    await expectLeader(detector, nodes[0]?.port ?? 0);
    // Leaders come in the order in which they registered.
    expect(heard).toStrictEqual([...new Set(heard)].sort((a, b) => Number(a) - Number(b)));
    while (nodes.length > 1) {
      await writer.remove(nodes.shift()?.node ?? '');
      await expectLeader(detector, nodes[0]?.port ?? 0);
    }
  });

  it('is read by who has the password, and by nobody else', async () => {
    const owner = await ZooKeeperWriter.open(port, { credential: 'mesos:p@ss/word' });
    try {
      await owner.create(path, '', { access: [access.creatorAll] });
      await owner.create(`${path}/json.info_`, masterInfo(1), {
        sequence: true,
        access: [access.creatorAll],
      });
      const right = detect(`zk://mesos:p@ss%2Fword@127.0.0.1:${port}${path}`);
      detectors.push(right);
      await expectLeader(right, 1);
      for (const credential of ['mesos:wr0ng@', '']) {
        const wrong = detect(`zk://${credential}127.0.0.1:${port}${path}`);
        detectors.push(wrong);
        const refused = wrong.candidates(never);
        await expect(refused).rejects.toMatchObject({ code: 'ZOOKEEPER_REFUSED', setting: 'master' });
        await expect(refused).rejects.not.toThrow(/wr0ng/);
        expect(wrong.trouble).toMatch(/does not let us read/);
      }
    } finally {
      await owner.close();
    }
  });

  it('is not found after `close`', async () => {
    const detector = detectHere();
    const waiting = detector.candidates(never).catch((error: unknown) => error);
    await eventually(() => expect(detector.trouble).toBeDefined());
    await detector.close();
    await detector.close();
    expect(await waiting).toMatchObject({ code: 'SESSION_CLOSED' });
    await expect(detector.candidates(never)).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });
});

describe.skipIf(!requireRealZooKeeper())('a real ZooKeeper that insists on authentication', () => {
  it('tells those who have none that they are refused', async () => {
    const settings = { 'enforce.auth.enabled': 'true', 'enforce.auth.schemes': 'digest' };
    const zooKeeper = await startZooKeeper({ servers: 1, settings });
    const stranger = detect(`zk://${zooKeeper.address}/mesos`);
    const known = detect(`zk://me:secret@${zooKeeper.address}/mesos`);
    try {
      await expect(stranger.candidates(never)).rejects.toMatchObject({ code: 'ZOOKEEPER_REFUSED' });
      known.candidates(never).catch(() => undefined);
      await eventually(() => expect(known.trouble).toMatch(/no master has registered yet/));
    } finally {
      await Promise.all([stranger.close(), known.close(), zooKeeper.stop()]);
    }
  });
});
