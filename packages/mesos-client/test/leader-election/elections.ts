import { afterAll, beforeAll } from 'vitest';
import {
  type RealMaster,
  type RealMesos,
  type RealMesosOptions,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  type RealZooKeeper,
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { access, ZooKeeperWriter } from '../../../../test-fixtures/real-zookeeper/zookeeper-writer.ts';

/** Whether masters can elect each other on this machine. */
export const canElect = requireRealMesos() && requireRealZooKeeper();

/** What is said of a cluster whose masters elect each other. */
export interface ElectionOptions extends Omit<RealMesosOptions, 'zookeeper' | 'masters'> {
  /** `user:password`, without which nobody sees who leads. */
  readonly credential?: string;
}

/** Two masters that elect each other through a ZooKeeper of their own, for all tests of a `describe`. */
export function useElections({ credential, ...options }: ElectionOptions) {
  let zooKeeper: RealZooKeeper | undefined;
  let cluster: RealMesos | undefined;
  const addressWith = (authority: string | undefined): string =>
    `zk://${authority === undefined ? '' : `${authority}@`}${running(zooKeeper).address}/mesos`;

  beforeAll(async () => {
    zooKeeper = await startZooKeeper({ servers: 1 });
    if (credential !== undefined) await protect(zooKeeper, credential);
    cluster = await startMesos({ ...options, zookeeper: addressWith(credential), masters: 2 });
  });
  afterAll(async () => {
    await cluster?.stop();
    await zooKeeper?.stop();
  });

  return {
    cluster: () => running(cluster),
    zooKeeper: () => running(zooKeeper),
    addressWith,
    /** After starting again those that have ended. */
    async roles(): Promise<{ readonly leader: RealMaster; readonly standby: RealMaster }> {
      const { masters } = running(cluster);
      for (const master of masters) if ((await master.standing()) === 'absent') await master.restart();
      const leader = await running(cluster).leader();
      const standby = masters.find(({ url }) => url !== leader.url);
      if (!standby) throw new Error('expected another master');
      return { leader, standby };
    },
  };
}

function running<T>(started: T | undefined): T {
  if (started === undefined) throw new Error('nothing runs before the first test');
  return started;
}

/** Makes the node below which masters register, for those with the credential only. */
async function protect(zooKeeper: RealZooKeeper, credential: string): Promise<void> {
  const writer = await ZooKeeperWriter.open(zooKeeper.servers[0]?.port ?? 0, { credential });
  await writer.create('/mesos', '', { access: [access.creatorAll] });
  await writer.close();
}
