import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

const shorter = { fingerprint: 'second', walltimeSeconds: 4 * 3600 };

/** Starts all batch jobs that wait, with agents. */
function startAll(cluster: TestCluster, tasks = 0): void {
  for (const [name, { state }] of cluster.batchJobs) {
    if (state.kind === 'waiting') {
      cluster.start(name);
      cluster.register(name, tasks);
    }
  }
}

describe('a pool that people change', () => {
  it('has its batch jobs replaced that wait, and keeps the pilots that run until they end as they were told', () => {
    const cluster = new TestCluster([{ min: 2, backlog: 2 }]);
    const [first = ''] = cluster.bringUp(2);
    cluster.end(first, 'cancelled');
    cluster.pass(60);
    expect(cluster.live()).toEqual(['main-2', 'main-3']);
    cluster.change([{ min: 2, backlog: 2, ...shorter }]);
    cluster.pass(120);
    expect(cluster.live()).toEqual(['main-2', 'main-4']);
    expect(cluster.pilot('main-4')?.shape).toMatchObject(shorter);
    startAll(cluster);
    cluster.pass(5 * 3600, 60);
    // The one of before has eight hours all the same.
    expect(cluster.live()).toContain('main-2');
    expect(cluster.pilot('main-4')).toBeUndefined();
  });

  it('takes that up where it was changed while no launcher lived', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.change([{ min: 1, ...shorter }]);
    cluster.restartCompacted();
    cluster.pass(120);
    expect(cluster.live()).toEqual(['main-2']);
    expect([...cluster.batchJobs.keys()]).toEqual(['main-2']);
  });

  it('keeps what has started meanwhile, though nobody has heard of it yet', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.start('main-1');
    cluster.register('main-1');
    cluster.change([{ min: 1, ...shorter }]);
    cluster.restart();
    cluster.pass(300);
    expect(cluster.live()).toEqual(['main-1']);
  });

  it('keeps its batch jobs where only what the launcher goes by has changed', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.change([{ min: 1, max: 3, idleSeconds: 60 }]);
    cluster.pass(120);
    expect(cluster.live()).toEqual(['main-1']);
  });

  it('gets new pilots for what earlier ones are too small for, which go when they are in the way', () => {
    const cluster = new TestCluster([{ max: 2 }]);
    cluster.bringUp(2);
    cluster.change([{ max: 2, fingerprint: 'second', cpus: 32, memMb: 128_000 }]);
    cluster.lacks(2, { cpus: 32 });
    cluster.pass(180);
    expect(cluster.live().every((name) => cluster.pilot(name)?.shape.cpus === 32)).toBe(true);
    expect(cluster.live()).toHaveLength(2);
  });

  it('has earlier ones that what waits does not go to leave as soon as new ones fill it', () => {
    const cluster = new TestCluster([{ min: 2, max: 4 }]);
    const earlier = cluster.bringUp(2);
    cluster.change([{ min: 2, max: 4, fingerprint: 'another role' }]);
    cluster.lacks(8);
    const isNew = (name: string) => !earlier.includes(name);
    for (let seconds = 0; seconds < 120 && !cluster.live().some(isNew); seconds += 10) cluster.tick(10);
    expect(cluster.live()).toHaveLength(2);
    expect(cluster.live().every(isNew)).toBe(true);
  });

  it('counts earlier pilots for as many tasks as they hold', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.bringUp(1);
    cluster.change([{ min: 1, fingerprint: 'second', cpus: 2, memMb: 8000 }]);
    cluster.lacks(12);
    cluster.tick(1);
    // Eight on the one that is there, and two on each of two others.
    expect(cluster.live()).toHaveLength(3);
  });

  it('gets new pilots where what waits does not go to earlier ones, whatever the reason', () => {
    const cluster = new TestCluster([{ max: 4 }]);
    const [first = ''] = cluster.bringUp(1);
    cluster.change([{ max: 4, fingerprint: 'another role' }]);
    cluster.lacks(8);
    cluster.pass(20);
    expect(cluster.live()).toEqual([first]);
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(2);
    expect(cluster.view().unmet).toEqual([]);
  });

  it('begins afresh where it was paused, even if people had said so before the change was seen', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.submitted = () => ({
      kind: 'refused',
      problem: { kind: 'configuration', text: 'no such queue' },
    });
    cluster.pass(60);
    cluster.say('up');
    cluster.pass(60);
    expect(cluster.view().pools[0]?.paused?.text).toBe('no such queue');
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.setting = {
      ...cluster.setting,
      pools: cluster.setting.pools.map((pool) => ({ ...pool, ...shorter })),
    };
    cluster.restartCompacted();
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(1);
  });

  it('is not blamed for what earlier pilots do', () => {
    const cluster = new TestCluster([{ min: 3 }]);
    cluster.pass(60);
    for (const name of cluster.live()) {
      cluster.start(name);
    }
    cluster.pass(60);
    cluster.change([{ min: 3, ...shorter }]);
    for (const name of cluster.live()) {
      cluster.end(name, 'failed');
    }
    cluster.pass(120);
    expect(cluster.view().pools[0]).not.toHaveProperty('paused');
    expect(cluster.live()).toHaveLength(3);
  });
});

describe('a pool that is taken out', () => {
  it('lets its tasks end, and goes; one that is new begins', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [first = ''] = cluster.bringUp(1, 3);
    cluster.change([{ name: 'other', min: 1 }]);
    cluster.pass(600);
    expect(cluster.agents.get(`agent-of-${first}`)).toMatchObject({ isActive: false, tasks: 3 });
    expect(cluster.live()).toEqual(['other-2']);
    cluster.work(first, 0);
    cluster.pass(300);
    expect([...cluster.batchJobs.keys()]).toEqual(['other-2']);
    expect(cluster.pilot(first)).toBeUndefined();
  });

  it('ends its tasks at the hard margin of its walltime, as ever', () => {
    const cluster = new TestCluster([{ min: 1, walltimeSeconds: 3600 }]);
    cluster.bringUp(1, 3);
    cluster.change([{ name: 'other' }]);
    cluster.pass(3300);
    expect(countOf(cluster.decisions, 'drain-agent')).toBe(0);
    cluster.pass(300);
    expect(countOf(cluster.decisions, 'drain-agent')).toBe(1);
  });
});

describe('tasks without graphics processors', () => {
  const gpu = { name: 'gpu', gpus: 1 };

  it('go to pools without any, whatever the order, and full or not', () => {
    const cluster = new TestCluster([gpu, { max: 1 }]);
    cluster.lacks(24);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['main-1']);
    expect(cluster.view().unmet).toMatchObject([{ count: 16, why: 'full' }]);
  });

  it('go to those with some where no other holds them', () => {
    const cluster = new TestCluster([{ ...gpu, cpus: 32 }, {}]);
    cluster.lacks(1, { cpus: 32 });
    cluster.pass(60);
    expect(cluster.live()).toEqual(['gpu-1']);
  });
});
