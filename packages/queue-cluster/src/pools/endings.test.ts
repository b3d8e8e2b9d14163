import { describe, expect, it } from 'vitest';
import { TestCluster } from '../../test-helpers/pools/test-cluster.ts';
import type { BatchJobEnding } from '../dialects/dialect.ts';
import type { PilotEndClass } from './events.ts';

/** The class of the end of a pilot with which something happens, and the words for it. */
function endAfter(
  happens: (cluster: TestCluster, name: string) => void,
  registered = true,
): PilotEndClass | undefined {
  const cluster = new TestCluster([{ min: 1, max: 1 }]);
  let name = 'main-1';
  if (registered) {
    [name = ''] = cluster.bringUp(1, 2);
    cluster.pass(300);
  } else {
    cluster.pass(60);
  }
  happens(cluster, name);
  cluster.pass(180);
  const ended = cluster.journal.find((event) => event.kind === 'ended' && event.pilot === name);
  return ended?.kind === 'ended' ? ended.class : undefined;
}

describe('the end of a pilot, as the queue tells it', () => {
  const ends: [BatchJobEnding, PilotEndClass][] = [
    ['completed', 'planned-end'],
    ['failed', 'died-late'],
    ['out-of-memory', 'died-late'],
    ['walltime', 'planned-end'],
    ['preempted', 'preempted'],
    ['cancelled', 'cancelled-by-hand'],
    ['node-failed', 'node-failed'],
    ['unknown', 'lost'],
  ];
  it.each(ends)('by %s is %s after its agent has lived', (how, expected) => {
    expect(endAfter((cluster, name) => cluster.end(name, how))).toBe(expected);
  });

  it.each<[BatchJobEnding, PilotEndClass]>([
    ['failed', 'never-started'],
    ['cancelled', 'cancelled-by-hand'],
    ['preempted', 'preempted'],
    ['walltime', 'never-registered'],
  ])('by %s is %s where it was never seen to run', (how, expected) => {
    expect(endAfter((cluster, name) => cluster.end(name, how), false)).toBe(expected);
  });
});

describe('the end of a pilot, as its script tells it', () => {
  it.each<[string, PilotEndClass]>([
    ['idle', 'planned-end'],
    ['deadline', 'planned-end'],
    ['master-lost', 'planned-end'],
    ['revoked', 'planned-end'],
    ['agent-died 134', 'died-late'],
    ['second-start', 'preempted'],
  ])('%s is %s after its agent has lived', (ended, expected) => {
    expect(endAfter((cluster, name) => cluster.write({ pilot: name, ended }))).toBe(expected);
  });

  it.each(['no-program mesos-agent', 'master-lost', 'agent-died 1'])(
    '%s is never-registered before that',
    (ended) => {
      expect(endAfter((cluster, name) => cluster.write({ pilot: name, ended }), false)).toBe(
        'never-registered',
      );
    },
  );

  it.each(['signal USR2', 'killed', 'stopped'])(
    '%s is what the queue says, and cancelled-by-hand where it says nothing',
    (ended) => {
      const gone = endAfter((cluster, name) => {
        cluster.write({ pilot: name, ended });
        cluster.vanish(name);
      });
      expect(gone).toBe('cancelled-by-hand');
      const preempted = endAfter((cluster, name) => {
        cluster.write({ pilot: name, ended });
        cluster.end(name, 'preempted');
      });
      expect(preempted).toBe('preempted');
    },
  );
});

describe('pilots that leave because they see no master, before they were ever registered', () => {
  /** So many pilots, one after the other: each starts, does not find the master, and leaves. */
  function inVain(rounds: number, isThere: boolean): TestCluster {
    const cluster = new TestCluster([{ min: 1, max: 1 }]);
    for (let round = 0; round < rounds; round += 1) {
      cluster.isMasterAway = false;
      cluster.pass(1200);
      const [name] = cluster.live();
      if (name === undefined) {
        break;
      }
      cluster.isMasterAway = !isThere;
      cluster.start(name, 'node1');
      cluster.pass(300);
      cluster.write({ pilot: name, ended: 'master-lost it has not been there at all' });
      cluster.vanish(name);
      cluster.pass(60);
    }
    return cluster;
  }

  it('say nothing against their pool or their node while the launcher does not hear the master either', () => {
    const cluster = inVain(5, false);
    const classes = cluster.journal.flatMap((event) => (event.kind === 'ended' ? [event.class] : []));
    expect(classes).toEqual(Array.from({ length: 5 }, () => 'planned-end'));
    expect(cluster.view().pools[0]).not.toHaveProperty('paused');
    expect(cluster.view().badNodes).toEqual([]);
    cluster.isMasterAway = false;
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(1);
  });

  it('are failures where the launcher hears it all the time: their nodes cannot reach it', () => {
    const cluster = inVain(9, true);
    expect(cluster.view().badNodes).toMatchObject([{ node: 'node1' }]);
    expect(cluster.view().pools[0]?.paused?.text).toBe(
      'its script ended: master-lost it has not been there at all',
    );
  });
});
