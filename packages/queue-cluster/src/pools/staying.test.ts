import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

const activeOf = (cluster: TestCluster) => [...cluster.agents.values()].filter(({ isActive }) => isActive);

/** Five agents with tasks of hours, and five batch jobs that wait. */
function busyCluster(): TestCluster {
  const cluster = new TestCluster();
  cluster.bringUp(5, 8);
  cluster.lacks(80);
  cluster.pass(60);
  return cluster;
}

describe('a drain that is taken back', () => {
  it('leaves all agents at work, and what waits its place in the queue', () => {
    const cluster = busyCluster();
    const before = [...cluster.batchJobs.keys()];
    expect(before).toHaveLength(10);
    cluster.say('draining');
    cluster.pass(20);
    expect(activeOf(cluster)).toEqual([]);
    cluster.say('up');
    cluster.pass(120);
    expect(activeOf(cluster)).toHaveLength(5);
    expect([...cluster.batchJobs.keys()]).toEqual(before);
    expect(cluster.live()).toEqual(before);
    expect(countOf(cluster.decisions, 'reactivate-agent')).toBe(5);
  });

  it('gives agents back that still have tasks an hour later', () => {
    const cluster = busyCluster();
    cluster.say('draining');
    cluster.pass(3600);
    expect(cluster.batchJobs.size).toBe(5);
    cluster.say('up');
    cluster.pass(60);
    expect(activeOf(cluster)).toHaveLength(5);
    expect(cluster.batchJobs.size).toBe(10);
  });

  it('gives agents back, though the launcher is another one by then, and dies once more meanwhile', () => {
    const cluster = busyCluster();
    cluster.say('draining');
    cluster.pass(300);
    cluster.restartCompacted();
    cluster.say('up');
    cluster.tick(10);
    expect(countOf(cluster.decisions, 'reactivate-agent')).toBe(5);
    for (const [id, agent] of cluster.agents) cluster.agents.set(id, { ...agent, isActive: false });
    cluster.restartCompacted();
    cluster.pass(30);
    expect(countOf(cluster.decisions, 'reactivate-agent')).toBe(10);
    expect(activeOf(cluster)).toHaveLength(5);
  });

  it('asks the master again where that has not come about', () => {
    const cluster = busyCluster();
    cluster.say('draining');
    cluster.pass(20);
    cluster.say('up');
    for (let passed = 0; passed < 150; passed += 10) {
      cluster.tick(10);
      for (const [id, agent] of cluster.agents) cluster.agents.set(id, { ...agent, isActive: false });
    }
    expect(countOf(cluster.decisions, 'reactivate-agent')).toBe(15);
  });

  it('lets go what was stopped, or ends soon', () => {
    const cluster = new TestCluster([{ walltimeSeconds: 3600 }]);
    const [idle = '', old = ''] = cluster.bringUp(2, 1);
    cluster.work(idle, 0);
    cluster.say('draining');
    const stubborn = cluster.batchJobs.get(idle);
    cluster.pass(30);
    expect(countOf(cluster.decisions, 'stop-batch-jobs')).toBe(1);
    if (stubborn !== undefined) cluster.batchJobs.set(idle, stubborn);
    cluster.now += 3000 * 1000;
    cluster.say('up');
    cluster.pass(20);
    expect(cluster.live()).toEqual([]);
    expect(cluster.pilot(old)?.leaving?.why).toBe('draining');
    expect(countOf(cluster.decisions, 'reactivate-agent')).toBe(0);
  });

  it('leaves agents alone that somebody else deactivates later', () => {
    const cluster = busyCluster();
    cluster.say('draining');
    cluster.pass(20);
    cluster.say('up');
    cluster.pass(120);
    const [agent] = activeOf(cluster);
    if (agent !== undefined) cluster.agents.set(agent.agentId, { ...agent, isActive: false });
    cluster.pass(120);
    expect(activeOf(cluster)).toHaveLength(4);
  });

  it('may come too late for what waits: that is cancelled a minute after the word', () => {
    const cluster = busyCluster();
    cluster.say('draining');
    cluster.pass(50);
    expect(cluster.batchJobs.size).toBe(10);
    cluster.pass(30);
    expect(cluster.batchJobs.size).toBe(5);
  });
});

describe('a smaller size that is taken back', () => {
  it('gives agents back that still have tasks, as far as they are wanted', () => {
    const cluster = new TestCluster();
    const names = cluster.bringUp(6, 8);
    cluster.say('up', { main: { min: 0, max: 2 } });
    cluster.pass(600);
    expect(activeOf(cluster)).toHaveLength(2);
    cluster.say('up', { main: { min: 5, max: 5 } });
    cluster.pass(60);
    expect(activeOf(cluster)).toHaveLength(5);
    expect(cluster.live()).toHaveLength(5);
    expect([...cluster.batchJobs.keys()]).toEqual(names);
  });

  it('is no reason to keep agents that nobody needs', () => {
    const cluster = new TestCluster();
    cluster.bringUp(6, 8);
    cluster.say('up', { main: { min: 0, max: 2 } });
    cluster.pass(60);
    cluster.say('up', { main: { min: 0, max: 10 } });
    cluster.pass(60);
    expect(activeOf(cluster)).toHaveLength(2);
    cluster.lacks(8);
    cluster.pass(60);
    expect(activeOf(cluster)).toHaveLength(3);
  });
});
