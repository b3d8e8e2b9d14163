import { describe, expect, it } from 'vitest';
import { countOf, hours, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('a clock that is set back', () => {
  it('is no reason to ask no queue until the old time comes again', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1, 8);
    cluster.now -= hours(2);
    expect(countOf(cluster.pass(120), 'ask-status')).toBeGreaterThan(1);
    cluster.vanish(name);
    cluster.pass(300);
    expect(cluster.pilot(name)?.ended).toBeDefined();
  });

  it('leaves pilots and what was asked of them as they are', () => {
    const cluster = new TestCluster();
    cluster.bringUp(3, 8);
    cluster.lacks(80);
    cluster.pass(60);
    const names = cluster.live();
    cluster.now -= hours(2);
    cluster.pass(600);
    expect(cluster.live()).toEqual(names);
    expect(countOf(cluster.decisions, 'submit')).toBe(names.length);
  });

  it('lets a pool try again that was put off by the old time', () => {
    const cluster = new TestCluster();
    const { submitted } = cluster;
    const problem = { kind: 'transient' as const, text: 'slurmctld is not there' };
    cluster.submitted = () => ({ kind: 'refused', problem });
    cluster.lacks(8);
    cluster.pass(120);
    expect(cluster.live()).toEqual([]);
    cluster.submitted = submitted;
    cluster.now -= hours(3);
    cluster.pass(90);
    expect(cluster.live()).toHaveLength(1);
  });

  it('does not submit a pilot once more whose answer is awaited', () => {
    const cluster = new TestCluster();
    cluster.lacks(8);
    cluster.tick(10);
    cluster.tick(10);
    expect(countOf(cluster.decisions, 'submit')).toBe(1);
    cluster.now -= hours(1);
    cluster.pass(120);
    expect(cluster.batchJobs.size).toBe(1);
    expect(countOf(cluster.decisions, 'submit')).toBe(1);
  });
});
