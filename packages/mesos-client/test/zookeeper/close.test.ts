import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('close-and-list.ts', import.meta.url));
/** Ports at which nobody listens. */
const deadServers = '127.0.0.1:1,localhost:1';

describe.skipIf(!requireRealZooKeeper())('a detector that is closed leaves no socket and no timer', () => {
  let zooKeeper: RealZooKeeper;
  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 1 });
  });
  afterAll(() => zooKeeper?.stop());

  it.each<[string, () => string, ...string[]]>([
    ['while it connects', () => zooKeeper.address],
    ['while nobody leads', () => zooKeeper.address, 'no master has registered'],
    ['between two tries', () => deadServers, 'connection refused'],
  ])('%s', async (_, servers, ...trouble) => {
    // That it ends by itself is half of the proof.
    const { stdout } = await run(execPath, [program, `zk://${servers()}/mesos`, ...trouble]);
    const { before, during, after } = JSON.parse(stdout);
    expect(during.length).toBeGreaterThan(before.length);
    expect(after).toStrictEqual(before);
  });
});
