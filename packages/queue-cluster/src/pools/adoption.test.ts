import { describe, expect, it } from 'vitest';
import { countOf, hours, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('a launcher after one that died', () => {
  it('goes on with the pilots that are there', () => {
    const cluster = new TestCluster([{ min: 3 }]);
    const names = cluster.bringUp(3, 2);
    cluster.restart();
    cluster.pass(600);
    expect(cluster.live()).toEqual(names);
    expect(countOf(cluster.decisions, 'submit')).toBe(3);
  });

  it('finds a pilot that was submitted and not noted, and submits nothing before it has looked', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.tick();
    cluster.tick(1);
    expect(cluster.batchJobs.has('main-1')).toBe(true);
    cluster.restart();
    cluster.pass(120);
    expect(cluster.pilot('main-1')?.id).toBe(cluster.batchJobs.get('main-1')?.id);
    expect(countOf(cluster.decisions, 'submit')).toBe(1);
  });

  it('submits anew what was noted and not submitted', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.tick();
    cluster.tick(1);
    cluster.batchJobs.clear();
    cluster.restart();
    cluster.pass(180);
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('knows as much from a journal that was written anew', () => {
    const cluster = new TestCluster([{ min: 3 }]);
    const names = cluster.bringUp(3, 2);
    cluster.pass(600);
    cluster.end(names[0] ?? '', 'failed');
    cluster.pass(60);
    const { ledger } = cluster.state;
    cluster.restartCompacted();
    expect(cluster.state.ledger).toEqual(ledger);
  });

  it('goes on to bring a cluster down', () => {
    const cluster = new TestCluster();
    cluster.bringUp(2, 3);
    cluster.say('down');
    cluster.now += 1000;
    cluster.restart();
    cluster.pass(300);
    expect(cluster.batchJobs.size).toBe(0);
    expect(countOf(cluster.decisions, 'finish')).toBe(1);
  });
});

describe('zombies', () => {
  it('get no more offers at once, and are gone soon after their pilot has ended', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1, 3);
    cluster.end(name, 'node-failed');
    cluster.register(name, 3);
    const decisions = cluster.pass(150).map(({ kind }) => kind);
    expect(decisions.filter((kind) => kind.endsWith('agent') || kind.endsWith('gone'))).toEqual([
      'deactivate-agent',
      'mark-agent-gone',
    ]);
    expect(cluster.agents.has(`agent-of-${name}`)).toBe(false);
  });

  it('are known by their names for a day after their pilots were forgotten', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1);
    cluster.end(name, 'preempted');
    cluster.pass(120);
    expect(cluster.pilot(name)).toBeUndefined();
    cluster.register(name);
    cluster.wait(name, 'BeginTime');
    cluster.pass(120);
    expect(cluster.agents.size).toBe(0);
  });

  it('are second agents of a pilot: the first stays while the master is connected to it', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1, 3);
    cluster.register(name, 0, 'another');
    cluster.pass(20);
    expect([...cluster.agents.keys()]).toEqual([`agent-of-${name}`]);
  });

  it('are first agents of a pilot where only the second is there', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1, 3);
    const first = cluster.agents.get(`agent-of-${name}`);
    if (first !== undefined) {
      cluster.agents.set(first.agentId, { ...first, isConnected: false });
    }
    cluster.register(name, 0, 'another');
    cluster.pass(20);
    expect([...cluster.agents.keys()]).toEqual(['another']);
    expect(cluster.pilot(name)?.agentId).toBe('another');
  });

  it('are batch jobs that were put back into the queue: they do not start a second time', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1, 3);
    cluster.wait(name, 'BeginTime');
    cluster.pass(120);
    expect(cluster.batchJobs.has(name)).toBe(false);
    expect(cluster.agents.has(`agent-of-${name}`)).toBe(false);
    expect(cluster.live()).toHaveLength(1);
  });
});

describe('strangers', () => {
  it('are told and never touched: their names may be those of another cluster', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.wait('main-of-somebody', 'Priority');
    cluster.register('main-of-somebody');
    cluster.pass(hours(1) / 1000);
    expect(cluster.batchJobs.has('main-of-somebody')).toBe(true);
    expect(cluster.agents.size).toBe(1);
    expect(cluster.view().systems[0]?.strangers).toEqual(['main-of-somebody']);
  });
});
