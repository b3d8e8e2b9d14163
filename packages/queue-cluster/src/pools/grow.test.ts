import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('growing', () => {
  it('submits as many pilots as the waiting tasks need', () => {
    const cluster = new TestCluster();
    cluster.lacks(20);
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(3);
  });

  it('submits nothing before the queue has answered for the first time', () => {
    const cluster = new TestCluster();
    cluster.lacks(20);
    const first = cluster.tick();
    expect(first.decisions.map(({ kind }) => kind)).toEqual(['ask-status']);
    expect(countOf(cluster.tick(1).decisions, 'submit')).toBe(3);
  });

  it('submits nothing while the queue does not answer', () => {
    const cluster = new TestCluster();
    cluster.isDown = () => true;
    cluster.lacks(20);
    expect(countOf(cluster.pass(600), 'submit')).toBe(0);
    cluster.isDown = () => false;
    expect(countOf(cluster.pass(120), 'submit')).toBe(3);
  });

  it('submits nothing before the master has answered for the first time', () => {
    const cluster = new TestCluster();
    cluster.isMasterAway = true;
    cluster.lacks(20);
    expect(countOf(cluster.pass(3600), 'submit')).toBe(0);
    cluster.isMasterAway = false;
    expect(countOf(cluster.pass(60), 'submit')).toBe(3);
  });

  it('goes on while the master is away for a moment, and stops when that takes longer than a minute', () => {
    const cluster = new TestCluster();
    cluster.pass(60);
    cluster.isMasterAway = true;
    cluster.lacks(20);
    expect(countOf(cluster.pass(60), 'submit')).toBe(3);
    cluster.lacks(40);
    expect(countOf(cluster.pass(3600), 'submit')).toBe(0);
    cluster.isMasterAway = false;
    expect(countOf(cluster.pass(60), 'submit')).toBe(2);
  });

  it('waits for the master after a restart of the launcher, which cannot know how long it has been away', () => {
    const cluster = new TestCluster();
    cluster.pass(60);
    cluster.restart();
    cluster.isMasterAway = true;
    cluster.lacks(20);
    expect(countOf(cluster.pass(600), 'submit')).toBe(0);
  });

  it('never has more pilots than the pool may have', () => {
    const cluster = new TestCluster([{ max: 4 }]);
    cluster.lacks(1000);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(4);
  });

  it('never has more pilots waiting than the backlog allows', () => {
    const cluster = new TestCluster([{ backlog: 2 }]);
    cluster.lacks(1000);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(2);
    cluster.start('main-1');
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(3);
  });

  it('keeps the least number of pilots without any demand', () => {
    const cluster = new TestCluster([{ min: 2 }]);
    const names = cluster.bringUp(2);
    cluster.pass(7200);
    expect(cluster.live()).toEqual(names);
  });

  it('keeps a fixed number of agents whatever the demand is', () => {
    const cluster = new TestCluster();
    cluster.say('up', { main: { min: 0, max: 10, agents: 3 } });
    cluster.lacks(1000);
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(3);
    cluster.lacks(0);
    cluster.pass(3600);
    expect(cluster.live()).toHaveLength(3);
  });

  it('counts agents at work beside what is lacking', () => {
    const cluster = new TestCluster();
    cluster.bringUp(2, 8);
    cluster.lacks(8);
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(3);
  });

  it('counts an agent that got its tasks just now for the demand that was written before', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1);
    cluster.lacks(8);
    cluster.tick(1);
    cluster.work(name, 8);
    expect(countOf(cluster.tick(1).decisions, 'submit')).toBe(0);
    expect(countOf(cluster.pass(30), 'submit')).toBe(1);
  });

  it('does not count agents that somebody else has deactivated', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1);
    const agent = cluster.agents.get(`agent-of-${name}`);
    if (agent !== undefined) {
      cluster.agents.set(agent.agentId, { ...agent, isActive: false });
    }
    cluster.lacks(8);
    cluster.pass(60);
    expect(cluster.live()).toEqual([name, 'main-2']);
  });

  it('replaces a pilot of the least number before it ends', () => {
    const cluster = new TestCluster([{ min: 1, walltimeSeconds: 3600 }]);
    const [old = ''] = cluster.bringUp(1);
    cluster.pass(2700);
    expect(cluster.live()).toEqual([old]);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(1);
    expect(cluster.live()).not.toContain(old);
  });

  it('replaces a pilot earlier where the queue is slow, and does not take the replacement for surplus', () => {
    const cluster = new TestCluster([{ min: 1, walltimeSeconds: 7200 }]);
    cluster.pass(600);
    const [old = ''] = cluster.live();
    cluster.start(old);
    cluster.register(old);
    cluster.pass(7200 - 600 - 500);
    expect(cluster.live()).toHaveLength(2);
    expect(cluster.live()).toContain(old);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(2);
  });

  it('does nothing twice: without news there is nothing to decide', () => {
    const cluster = new TestCluster([{ min: 2 }]);
    cluster.bringUp(2);
    const { state, decisions, events } = cluster.tick();
    expect({ decisions, events }).toEqual({ decisions: [], events: [] });
    expect(cluster.tick().state).toEqual(state);
  });
});
