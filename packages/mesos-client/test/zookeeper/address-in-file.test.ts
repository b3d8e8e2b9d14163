import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import {
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';
import { MasterSearch } from '../../src/scheduler/master-search.ts';
import { register } from './masters.ts';

it.skipIf(!requireRealZooKeeper())(
  'a file that names ZooKeeper is ZooKeeper: a master that led before is not asked again',
  async () => {
    await using closing = new AsyncDisposableStack();
    const zooKeeper = await startZooKeeper({ servers: 1 });
    closing.defer(() => zooKeeper.stop());
    const writer = await ZooKeeperWriter.open(zooKeeper.servers[0]?.port ?? 0);
    closing.defer(() => writer.close());
    await writer.create('/mesos');
    await register(writer, '/mesos', 1);
    const folder = mkdtempSync(join(tmpdir(), 'address-in-file-'));
    closing.defer(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'zk');
    writeFileSync(file, `zk://${zooKeeper.address}/mesos\n`);
    const search = new MasterSearch(pathToFileURL(file).href, {});
    closing.defer(() => search.close());
    const signal = AbortSignal.timeout(30_000);
    const named = await search.masters(signal);
    search.subscribed(new URL('http://deposed.example:5050'));
    expect(await search.masters(signal)).toStrictEqual(named);
  },
);
