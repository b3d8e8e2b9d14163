import { describe, expect, it } from 'vitest';
import { ClusterStarter } from './cluster-starter.ts';
import type { QueueClusterStanding } from './queue-cluster.ts';

function starting({ fails = 0, isFixed = false }: { fails?: number; isFixed?: boolean } = {}) {
  const told: string[] = [];
  let standing: QueueClusterStanding = 'away';
  let left = fails;
  const starter = new ClusterStarter({
    standing: async () => standing,
    start: async (isNew) => {
      told.push(isNew ? 'start' : 'look after');
      if (left-- > 0) throw new Error('no such partition');
    },
    change: async () => {
      told.push('change');
      if (isFixed) throw new Error('it keeps its master');
    },
    onUnchanged: (reason) => told.push(reason),
    onStarted: () => told.push('started'),
    onFailed: (reason) => told.push(reason),
    onTakenDown: () => told.push('left'),
  });
  const look = async (now: QueueClusterStanding, times = 1) => {
    standing = now;
    for (let time = 0; time < times; time++) await starter.look();
  };
  return { look, told };
}

describe('ClusterStarter', () => {
  it('starts a cluster that is not there, and leaves it alone while somebody looks after it', async () => {
    const { look, told } = starting();
    await look('away');
    await look('coming', 3);
    await look('up', 3);
    expect(told).toEqual(['start', 'started']);
  });

  it('has a cluster looked after again whose launcher has died', async () => {
    const { look, told } = starting();
    await look('up');
    await look('unattended');
    await look('up');
    expect(told).toEqual(['change', 'look after', 'started']);
  });

  it('has one that was there before be as its file says, once, and looks after it where that cannot be', async () => {
    const { look, told } = starting({ isFixed: true });
    await look('unattended');
    await look('up', 3);
    expect(told).toEqual(['change', 'it keeps its master', 'look after', 'started']);
  });

  it.each<QueueClusterStanding>(['going-down', 'draining', 'away'])(
    'leaves one alone for good that somebody takes down: %s',
    async (standing) => {
      const { look, told } = starting();
      await look('up');
      await look(standing);
      await look('away', 20);
      expect(told).toEqual(['change', 'left']);
    },
  );

  it('tries again what failed, ever more rarely', async () => {
    const { look, told } = starting({ fails: 2 });
    await look('away', 1);
    expect(told).toEqual(['start', 'no such partition']);
    await look('away', 1);
    expect(told).toHaveLength(2);
    await look('away', 1);
    expect(told).toHaveLength(4);
    await look('away', 2);
    expect(told).toHaveLength(4);
    await look('away', 1);
    expect(told.slice(4)).toEqual(['start', 'started']);
  });
});
