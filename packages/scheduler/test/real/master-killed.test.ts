import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  requireRealZooKeeper,
  startZooKeeper,
} from '../../../../test-fixtures/real-zookeeper/real-zookeeper.ts';
import { RealRun } from './real-run.ts';
import { type DriverTaps, tapDriver } from './taps.ts';

const agents = [{ resources: 'cpus:2;mem:1024' }, { resources: 'cpus:2;mem:1024' }];
const taskCount = 12;

const tasksOf = ({ ledger }: RealRun) =>
  Array.from({ length: taskCount }, (_, index) => ledger.task(`task-${index}`, 'sleep 0.2'));

/** Kills the first master at the third launch: before it can take it, or as soon as it has. */
function killAtLaunch(run: RealRun, when: 'before' | 'after', killed: () => void): DriverTaps['launch'] {
  let launches = 0;
  return async (pass) => {
    launches += 1;
    if (launches !== 3) return pass();
    const master = run.cluster.masters[0];
    if (when === 'before') {
      // Frozen, so that the call is surely on its way, and surely not taken.
      master?.freeze();
      const sent = pass();
      await Promise.all([master?.kill().then(killed), sent]);
    } else {
      await pass();
      await master?.kill();
      killed();
    }
  };
}

describe.skipIf(!requireRealMesos())('a master that is killed', () => {
  it.each(['before', 'after'] as const)(
    '%s it takes a launch, and comes back, costs nothing',
    async (when) => {
      await using run = await RealRun.start({ agents, separateProcesses: true });
      const killed = Promise.withResolvers<void>();
      const launch = killAtLaunch(run, when, killed.resolve);
      const runtime = await run.runtime(tasksOf(run), {
        tapDriver: (driver) => tapDriver(driver, { ...(launch && { launch }) }),
      });
      await killed.promise;
      await run.cluster.restartMaster();
      expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    },
  );

  it.skipIf(!requireRealZooKeeper()).each(['before', 'after'] as const)(
    '%s it takes a launch, so that another one leads, costs nothing',
    async (when) => {
      await using zooKeeper = Object.assign(await startZooKeeper({ servers: 1 }), {
        [Symbol.asyncDispose]: () => zooKeeper.stop(),
      });
      const zookeeper = `zk://${zooKeeper.address}/mesos`;
      // One registry for all, as where it matters: a master with one of its own would know no agent. Those that are
      // left must not lose their sessions, too, on a machine that is busy.
      const masterFlags = { quorum: '2', zk_session_timeout: '4secs' };
      await using run = await RealRun.start({ agents, zookeeper, masters: 3, masterFlags });
      const killed = Promise.withResolvers<void>();
      const launch = killAtLaunch(run, when, killed.resolve);
      const runtime = await run.runtime(tasksOf(run), {
        master: zookeeper,
        tapDriver: (driver) => tapDriver(driver, { ...(launch && { launch }) }),
      });
      await killed.promise;
      await run.cluster.leader();
      expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    },
  );
});

describe.skipIf(!requireRealMesos())('a launch whose answer was lost', () => {
  it.each([
    ['is found where it was taken', true, 'a-1'],
    ['is made anew where it was not', false, 'a-2'],
  ] as const)('%s', async (_, isTaken, ran) => {
    await using run = await RealRun.start({ agents: [{ resources: 'cpus:2;mem:1024' }] });
    let isLost = false;
    const runtime = await run.runtime([run.ledger.task('a', 'sleep 1')], {
      tapDriver: (driver) =>
        tapDriver(driver, {
          launch: async (pass) => {
            if (isLost) return pass();
            isLost = true;
            if (isTaken) await pass();
            throw new Error('the connection was cut');
          },
        }),
    });
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(run.ledger.runsOf('a').began).toEqual([ran]);
    expect(runtime.notices).toContainEqual(expect.objectContaining({ type: 'call-failed', call: 'launch' }));
  });
});
