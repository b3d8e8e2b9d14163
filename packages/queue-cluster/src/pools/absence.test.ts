import { describe, expect, it } from 'vitest';
import { countOf, hours, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('a pilot that the queue leaves out', () => {
  it('has ended when two answers have left it out', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.vanish('main-1');
    cluster.pass(30);
    expect(cluster.live()).toEqual(['main-1']);
    cluster.pass(60);
    expect(cluster.pilot('main-1')?.ended?.class).toBe('lost');
    expect(cluster.live()).toHaveLength(1);
  });

  it('has not ended where one answer only was incomplete', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    const job = cluster.batchJobs.get('main-1');
    cluster.vanish('main-1');
    cluster.pass(30);
    if (job !== undefined) {
      cluster.batchJobs.set('main-1', job);
    }
    cluster.pass(300);
    expect(cluster.live()).toEqual(['main-1']);
  });

  it('has not ended while the master is connected to its agent', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1);
    cluster.batchJobs.delete(name);
    cluster.pass(600);
    expect(cluster.live()).toEqual([name]);
    cluster.unregister(name);
    cluster.pass(120);
    expect(cluster.live()).not.toContain(name);
  });

  it('has not ended by an answer that says nothing', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.isDown = () => true;
    cluster.pass(hours(1) / 1000);
    expect(cluster.live()).toEqual(['main-1']);
    expect(cluster.view().systems[0]?.trouble).toBe('slurmctld does not answer');
  });

  it('has ended as the accounts of the queue say', () => {
    const cluster = new TestCluster([{ min: 1 }], { keepsAccounts: true });
    const [name = ''] = cluster.bringUp(1, 1);
    cluster.accounts.set(cluster.pilot(name)?.id ?? '', 'preempted');
    cluster.vanish(name);
    cluster.pass(180);
    expect(countOf(cluster.decisions, 'ask-endings')).toBe(1);
    expect(cluster.journal).toContainEqual(expect.objectContaining({ kind: 'ended', class: 'preempted' }));
  });

  it('has ended all the same where the accounts do not know it either', () => {
    const cluster = new TestCluster([{ min: 1 }], { keepsAccounts: true });
    const [name = ''] = cluster.bringUp(1, 1);
    cluster.vanish(name);
    cluster.pass(300);
    expect(countOf(cluster.decisions, 'ask-endings')).toBe(1);
    expect(cluster.pilot(name)?.ended?.class).toBe('lost');
  });

  it('has ended, and is known to be gone, by its own word and one answer', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    const [name = ''] = cluster.bringUp(1);
    cluster.vanish(name);
    cluster.write({ pilot: name, ended: 'idle' });
    cluster.pass(70);
    expect(cluster.journal).toContainEqual(expect.objectContaining({ pilot: name, class: 'planned-end' }));
    expect(cluster.pilot(name)).toBeUndefined();
  });
});

describe('a submit that nobody knows the end of', () => {
  it('is found by its name, and never repeated', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.submitted = () => ({ kind: 'unclear', text: 'timed out' });
    cluster.pass(20);
    cluster.wait('main-1', 'Priority');
    cluster.pass(120);
    expect(cluster.pilot('main-1')?.id).toBeDefined();
    expect(countOf(cluster.decisions, 'submit')).toBe(1);
  });

  it('is given up when the queue has not known it for a minute', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.submitted = () => ({ kind: 'unclear', text: 'timed out' });
    cluster.pass(60);
    expect(cluster.live()).toEqual(['main-1']);
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.pass(120);
    expect(cluster.pilot('main-1')?.ended?.class).toBe('never-submitted');
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('is cancelled where it turns up after all', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.submitted = () => ({ kind: 'unclear', text: 'timed out' });
    cluster.pass(60);
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.pass(180);
    cluster.wait('main-1', 'Priority');
    cluster.pass(120);
    expect([...cluster.batchJobs.keys()]).toEqual(['main-2']);
  });
});
