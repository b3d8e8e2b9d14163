import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('batch jobs that will not start', () => {
  function withStuck(): TestCluster {
    const cluster = new TestCluster([{ min: 1, backlog: 1 }]);
    cluster.pass(60);
    cluster.wait('main-1', 'PartitionDown', true);
    return cluster;
  }

  it('are kept and told: they start by themselves when things are mended', () => {
    const cluster = withStuck();
    cluster.pass(3000);
    expect(cluster.batchJobs.has('main-1')).toBe(true);
    expect(cluster.view().pools[0]?.waits).toEqual([{ text: 'PartitionDown', count: 1, isStuck: true }]);
    expect(countOf(cluster.decisions, 'submit')).toBe(1);
  });

  it('are replaced after an hour, which is no failure', () => {
    const cluster = withStuck();
    cluster.pass(3800);
    expect(cluster.batchJobs.has('main-1')).toBe(false);
    expect(cluster.live()).toEqual(['main-2']);
    expect(cluster.state.ledger.health.size).toBe(0);
  });

  it('are replaced as soon as people say something new', () => {
    const cluster = withStuck();
    cluster.pass(120);
    cluster.say('up');
    cluster.pass(120);
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('keep their places when people say something new, but for one that is tried anew where there is no room', () => {
    const cluster = new TestCluster([{ min: 4, backlog: 3 }]);
    cluster.pass(60);
    cluster.wait('main-2', 'PartitionDown', true);
    cluster.pass(60);
    cluster.wait('main-3', 'PartitionDown', true);
    cluster.pass(60);
    cluster.say('up');
    cluster.pass(120);
    expect([...cluster.batchJobs.keys()]).toEqual(['main-1', 'main-3', 'main-4']);
  });

  it('all keep their places when people say something new, where there is room for another', () => {
    const cluster = new TestCluster([{ min: 2, backlog: 3 }]);
    cluster.pass(60);
    cluster.wait('main-2', 'PartitionDown', true);
    cluster.say('up');
    cluster.pass(120);
    expect([...cluster.batchJobs.keys()]).toEqual(['main-1', 'main-2', 'main-3']);
  });

  it('are replaced when a younger one has started', () => {
    const cluster = new TestCluster([{ min: 2, backlog: 2, max: 3 }]);
    cluster.pass(60);
    cluster.wait('main-1', 'Eqw', true);
    cluster.start('main-2');
    cluster.register('main-2');
    cluster.pass(60);
    expect(cluster.live()).toContain('main-3');
    expect(cluster.batchJobs.has('main-1')).toBe(true);
    cluster.start('main-3');
    cluster.register('main-3');
    cluster.pass(120);
    expect(cluster.batchJobs.has('main-1')).toBe(false);
  });

  it('are not joined by ever more of them, and keep their places', () => {
    const cluster = new TestCluster([{ min: 2, backlog: 5 }]);
    const closed = () => {
      for (const [name, { state }] of cluster.batchJobs) {
        if (state.kind === 'waiting') {
          cluster.wait(name, 'PartitionDown', true);
        }
      }
    };
    for (let minute = 0; minute < 30; minute += 1) {
      cluster.pass(60);
      closed();
    }
    expect([...cluster.batchJobs.keys()]).toEqual(['main-1', 'main-2']);
    cluster.say('up');
    cluster.pass(60);
    closed();
    cluster.pass(1200);
    // One try, and none more.
    expect([...cluster.batchJobs.keys()]).toEqual(['main-1', 'main-2']);
    expect(countOf(cluster.decisions, 'submit')).toBe(3);
  });

  it('keep their places while tasks wait that nobody else takes', () => {
    const cluster = new TestCluster([{ backlog: 2 }]);
    cluster.lacks(16);
    cluster.pass(60);
    cluster.wait('main-1', 'PartitionDown', true);
    cluster.wait('main-2', 'PartitionDown', true);
    cluster.pass(1200);
    expect([...cluster.batchJobs.keys()]).toEqual(['main-1', 'main-2']);
  });

  it('are taken out when nobody needs them', () => {
    const cluster = new TestCluster();
    cluster.lacks(8);
    cluster.pass(60);
    cluster.wait('main-1', 'PartitionDown', true);
    cluster.pass(60);
    cluster.lacks(0);
    cluster.pass(120);
    expect(cluster.batchJobs.size).toBe(0);
  });

  it('stay where somebody holds them, until people say something new', () => {
    const cluster = new TestCluster([{ min: 1, backlog: 1 }]);
    cluster.pass(60);
    cluster.hold('main-1', 'JobHeldUser');
    cluster.pass(3 * 3600);
    expect(cluster.batchJobs.has('main-1')).toBe(true);
    cluster.say('up');
    cluster.pass(120);
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('are over where they are held after they had run', () => {
    const cluster = new TestCluster([{ min: 1, walltimeSeconds: 3600 }]);
    const [name = ''] = cluster.bringUp(1);
    cluster.pass(600);
    cluster.hold(name, 'job exceeded allowed execute duration');
    cluster.unregister(name);
    cluster.pass(180);
    expect(cluster.batchJobs.has(name)).toBe(false);
    expect(cluster.live()).toHaveLength(1);
  });

  it('give their demand to the next pool meanwhile', () => {
    const cluster = new TestCluster([{ name: 'first', backlog: 1 }, { name: 'second' }]);
    cluster.lacks(8);
    cluster.pass(60);
    cluster.wait('first-1', 'ReqNodeNotAvail', true);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['first-1', 'second-2']);
  });
});
