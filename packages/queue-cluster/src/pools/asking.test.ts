import { describe, expect, it } from 'vitest';
import { TestCluster } from '../../test-helpers/pools/test-cluster.ts';

/** The seconds between one status call and the next, over some minutes. */
function gaps(cluster: TestCluster, seconds: number): number[] {
  const asked: number[] = [];
  for (let passed = 0; passed < seconds; passed += 1) {
    if (cluster.tick(1).decisions.some(({ kind }) => kind === 'ask-status')) {
      asked.push(cluster.now / 1000);
    }
  }
  return asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
}

describe('asking for the status', () => {
  it('is done each 30 seconds while something is about to change', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    expect(new Set(gaps(cluster, 300))).toEqual(new Set([30]));
  });

  it('is done each 60 seconds while all agents are there', () => {
    const cluster = new TestCluster([{ min: 2 }]);
    cluster.bringUp(2);
    expect(new Set(gaps(cluster, 600))).toEqual(new Set([60]));
  });

  it('is done each 60 seconds while the queue does not answer', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.isDown = () => true;
    cluster.pass(60);
    expect(new Set(gaps(cluster, 600))).toEqual(new Set([60]));
  });

  it('is done once, and not again while there is nothing to ask about', () => {
    const cluster = new TestCluster();
    cluster.tick();
    expect(gaps(cluster, 3600)).toEqual([]);
    expect(cluster.decisions.map(({ kind }) => kind)).toEqual(['ask-status']);
  });

  it('is done more often for a minute while people wait for the cluster to go down', () => {
    const cluster = new TestCluster();
    const [name = ''] = cluster.bringUp(1);
    const stubborn = cluster.batchJobs.get(name);
    cluster.say('down');
    cluster.tick();
    if (stubborn !== undefined) {
      cluster.batchJobs.set(name, stubborn);
    }
    const seen = gaps(cluster, 55);
    expect(new Set(seen)).toEqual(new Set([5]));
  });

  it('names all batch jobs in one call, and waits for its answer', () => {
    const cluster = new TestCluster([{ min: 3 }]);
    cluster.pass(60);
    const asked = cluster.decisions.findLast((decision) => decision.kind === 'ask-status');
    expect(asked?.ids).toHaveLength(3);
  });
});
