import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('the end of a walltime', () => {
  const anHourLong = { walltimeSeconds: 3600, softMarginSeconds: 600, hardMarginSeconds: 60 };

  it('takes no more tasks at the soft margin, and lets those that run go on', () => {
    const cluster = new TestCluster([anHourLong]);
    const [name = ''] = cluster.bringUp(1, 4);
    cluster.pass(2900);
    expect(countOf(cluster.decisions, 'deactivate-agent')).toBe(0);
    cluster.pass(100);
    expect(countOf(cluster.decisions, 'deactivate-agent')).toBe(1);
    cluster.pass(400);
    expect(countOf(cluster.decisions, 'drain-agent')).toBe(0);
    expect(cluster.batchJobs.has(name)).toBe(true);
  });

  it('stops a pilot as soon as its last task has ended after the soft margin', () => {
    const cluster = new TestCluster([anHourLong]);
    const [name = ''] = cluster.bringUp(1, 4);
    cluster.pass(3000);
    cluster.work(name, 0);
    cluster.pass(20);
    expect(cluster.batchJobs.has(name)).toBe(false);
  });

  it('drains at the hard margin with a grace that the margin has room for, then stops', () => {
    const cluster = new TestCluster([{ ...anHourLong, hardMarginSeconds: 40 }]);
    const [name = ''] = cluster.bringUp(1, 4);
    const decisions = cluster.pass(3560, 1);
    const drains = decisions.filter(({ kind }) => kind === 'drain-agent');
    expect(drains).toMatchObject([{ pilot: name, graceSeconds: 20 }]);
    cluster.pass(10, 1);
    expect(cluster.batchJobs.has(name)).toBe(false);
  });

  it('is what the pilot or the queue says, where that is sooner', () => {
    const cluster = new TestCluster([anHourLong]);
    const [name = ''] = cluster.bringUp(1, 4);
    cluster.write({ pilot: name, startedAt: cluster.now, endsAt: cluster.now + 1000 * 1000 });
    cluster.pass(390);
    expect(countOf(cluster.decisions, 'deactivate-agent')).toBe(0);
    cluster.pass(30);
    expect(countOf(cluster.decisions, 'deactivate-agent')).toBe(1);
  });

  it('is no failure', () => {
    const cluster = new TestCluster([anHourLong]);
    const [name = ''] = cluster.bringUp(1, 4);
    cluster.pass(3500);
    cluster.end(name, 'walltime');
    cluster.pass(60);
    expect(cluster.journal).toContainEqual(expect.objectContaining({ kind: 'ended', class: 'planned-end' }));
    expect(cluster.state.ledger.health.size).toBe(0);
  });
});

describe('an agent that somebody has deactivated', () => {
  /** An agent that is idle, or has tasks, of a pool that is to have one always; it takes no tasks from now on. */
  function deactivated(tasks: number): { readonly cluster: TestCluster; readonly name: string } {
    const cluster = new TestCluster([{ min: 1, idleSeconds: 600 }]);
    const [name = ''] = cluster.bringUp(1, tasks);
    for (const [id, agent] of cluster.agents) cluster.agents.set(id, { ...agent, isActive: false });
    return { cluster, name };
  }

  it('goes when it was idle for long, and another one comes in its place', () => {
    const { cluster, name } = deactivated(0);
    cluster.pass(590);
    expect(cluster.live()).toEqual([name]);
    cluster.pass(90);
    expect(cluster.batchJobs.has(name)).toBe(false);
    expect(cluster.live()).toHaveLength(1);
    expect(cluster.journal).toContainEqual(expect.objectContaining({ kind: 'leaving', why: 'deactivated' }));
  });

  it('stays as long as it has tasks, and where it takes tasks again', () => {
    const { cluster, name } = deactivated(1);
    cluster.pass(1200);
    cluster.work(name, 0);
    cluster.pass(300);
    expect(cluster.live()).toEqual([name]);
    cluster.register(name);
    cluster.pass(1200);
    expect(cluster.live()).toEqual([name]);
  });
});

describe('ending a cluster', () => {
  it('lets tasks end where it is drained, and takes waiting pilots out of the queue', () => {
    const cluster = new TestCluster();
    const [busy = '', idle = ''] = cluster.bringUp(2, 1);
    cluster.lacks(8);
    cluster.pass(30);
    cluster.work(idle, 0);
    cluster.say('draining');
    cluster.pass(120);
    expect([...cluster.batchJobs.keys()]).toEqual([busy]);
    cluster.work(busy, 0);
    cluster.pass(200);
    expect(cluster.batchJobs.size).toBe(0);
    expect(cluster.state.ledger.pilots.size).toBe(0);
    expect(countOf(cluster.decisions, 'finish')).toBe(0);
  });

  it('waits for nobody where it goes down, and says once when nothing is left', () => {
    const cluster = new TestCluster();
    cluster.bringUp(2, 3);
    cluster.lacks(8);
    cluster.pass(30);
    cluster.say('down');
    cluster.tick();
    expect(cluster.batchJobs.size).toBe(0);
    cluster.pass(300);
    expect(cluster.state.ledger.pilots.size).toBe(0);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
    expect(countOf(cluster.decisions, 'submit')).toBe(3);
  });

  it('goes down at once after it was being drained', () => {
    const cluster = new TestCluster();
    cluster.bringUp(1, 3);
    cluster.say('draining');
    cluster.pass(300);
    expect(cluster.batchJobs.size).toBe(1);
    cluster.say('down');
    cluster.tick();
    expect(cluster.batchJobs.size).toBe(0);
  });

  it('is not over while the queue does not say that it is', () => {
    const cluster = new TestCluster();
    cluster.bringUp(1);
    cluster.isDown = () => true;
    cluster.say('down');
    cluster.pass(600);
    expect(countOf(cluster.decisions, 'finish')).toBe(0);
    cluster.isDown = () => false;
    cluster.pass(200);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
  });

  it('waits a minute only for a master that is away and goes with the cluster', () => {
    const cluster = new TestCluster();
    Object.assign(cluster.setting, { ownsMaster: true });
    cluster.bringUp(2, 3);
    cluster.isMasterAway = true;
    cluster.pass(30);
    cluster.say('down');
    cluster.pass(20);
    expect(countOf(cluster.decisions, 'finish')).toBe(0);
    cluster.pass(100);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
  });

  it('is not held up for ever by a queue that has never answered', () => {
    const cluster = new TestCluster([{ name: 'main' }, { name: 'other', system: 'sge' }]);
    const sge = { key: 'sge', excludesNodes: false, keepsAccounts: false };
    Object.assign(cluster.setting, { systems: [...cluster.setting.systems, sge] });
    cluster.isDown = (system) => system === 'sge';
    cluster.bringUp(1);
    cluster.say('down');
    cluster.pass(100);
    expect(countOf(cluster.decisions, 'finish')).toBe(0);
    cluster.pass(60);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
  });

  it('is over at once where there never was anything', () => {
    const cluster = new TestCluster();
    cluster.isDown = () => true;
    cluster.say('down');
    cluster.pass(20);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
  });

  it('cancels what does not stop well, again and again', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1);
    const stubborn = cluster.batchJobs.get(name);
    cluster.say('down');
    for (let passed = 0; passed < 400; passed += 10) {
      cluster.tick(10);
      if (stubborn !== undefined) {
        cluster.batchJobs.set(name, stubborn);
      }
    }
    expect(countOf(cluster.decisions, 'stop-batch-jobs')).toBe(1);
    expect(countOf(cluster.decisions, 'cancel-batch-jobs')).toBe(3);
    expect(countOf(cluster.decisions, 'finish')).toBe(0);
  });

  it('drains the pilots of a pool that is no longer defined', () => {
    const cluster = new TestCluster([{ name: 'old' }, { name: 'new' }]);
    cluster.bringUp(1);
    expect(cluster.live()).toEqual(['old-1']);
    const { systems, pools } = cluster.setting;
    Object.assign(cluster.setting, { systems, pools: pools.slice(1) });
    cluster.pass(30);
    expect(cluster.batchJobs.size).toBe(0);
  });
});

describe('orders', () => {
  it('keep a pilot that is wanted, and say when it is to stop', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1);
    cluster.say('down');
    cluster.pass(30);
    const orders = cluster.decisions.filter(({ kind }) => kind === 'order');
    expect(orders).toEqual([
      { kind: 'order', pilot: name, keep: true, drain: false, stop: false },
      { kind: 'order', pilot: name, keep: false, drain: false, stop: true },
    ]);
  });

  it('are given again where they could not be written, once a minute, and others than before at once', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1, 1);
    const orders = (seconds: number) => countOf(cluster.pass(seconds), 'order');
    cluster.failOrders(name);
    expect([orders(60), orders(20), orders(120)]).toEqual([0, 1, 0]);
    cluster.failOrders(name);
    cluster.pass(10);
    cluster.say('draining');
    expect([orders(10), orders(40)]).toEqual([1, 0]);
  });
});
