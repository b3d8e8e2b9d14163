import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

/** A pilot comes up on a node, and its agent dies there at once. */
function dieOn(cluster: TestCluster, node: string): void {
  cluster.pass(120);
  const [name = ''] = cluster.live();
  cluster.start(name, node);
  cluster.register(name);
  cluster.pass(30);
  cluster.end(name, 'failed');
  cluster.pass(90);
}

function lastExcluded(cluster: TestCluster): readonly string[] {
  const submits = cluster.decisions.filter((decision) => decision.kind === 'submit');
  return submits.at(-1)?.excludedNodes ?? [];
}

/** What is left out where a pool that nothing has gone wrong with submits now. */
function excludedOfOther(cluster: TestCluster): readonly string[] {
  const submits = countOf(cluster.decisions, 'submit');
  // Not said anew, which would pardon nodes.
  cluster.wanted = { ...cluster.wanted, pools: { main: { min: 0, max: 0 } } };
  cluster.lacks(8);
  cluster.pass(60);
  expect(countOf(cluster.decisions, 'submit')).toBeGreaterThan(submits);
  return lastExcluded(cluster);
}

describe('bad nodes', () => {
  it('are left out for an hour after two pilots have failed there', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    dieOn(cluster, 'node7');
    expect(lastExcluded(cluster)).toEqual([]);
    dieOn(cluster, 'node7');
    expect(cluster.view().badNodes).toMatchObject([{ node: 'node7' }]);
    expect(lastExcluded(cluster)).toEqual(['node7']);
    cluster.pass(3700);
    expect(cluster.view().badNodes).toEqual([]);
    expect(cluster.state.ledger.nodes.size).toBe(0);
  });

  it('explain the failures of a pool where the queue can leave them out', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    dieOn(cluster, 'node7');
    dieOn(cluster, 'node7');
    dieOn(cluster, 'node8');
    expect(cluster.view().pools[0]?.paused).toBeUndefined();
  });

  it('explain nothing where the queue would use them again', () => {
    const cluster = new TestCluster([{ min: 1 }], { excludesNodes: false });
    dieOn(cluster, 'node7');
    dieOn(cluster, 'node7');
    dieOn(cluster, 'node7');
    expect(cluster.view().pools[0]?.paused).toBeDefined();
    expect(cluster.view().badNodes).toMatchObject([{ node: 'node7' }]);
  });

  it('explain nothing any more where there are too many of them', () => {
    const cluster = new TestCluster([{ min: 1, backlog: 1 }]);
    for (const node of ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd', 'e']) {
      dieOn(cluster, node);
    }
    expect(cluster.view().pools[0]?.paused).toBeDefined();
  });

  it('are left out nowhere where more than half of all nodes are bad', () => {
    const cluster = new TestCluster([{ min: 1, backlog: 1 }, { name: 'other' }]);
    dieOn(cluster, 'a');
    dieOn(cluster, 'a');
    expect(lastExcluded(cluster)).toEqual(['a']);
    dieOn(cluster, 'b');
    dieOn(cluster, 'b');
    expect(cluster.view().badNodes).toMatchObject([
      { node: 'a', isLeftOut: false },
      { node: 'b', isLeftOut: false },
    ]);
    expect(excludedOfOther(cluster)).toEqual([]);
  });

  it('are left out where others are good, as long as they are no more than three', () => {
    const cluster = new TestCluster([{ min: 4 }, { name: 'other' }]);
    cluster.pass(60);
    for (const name of cluster.live()) {
      cluster.start(name);
      cluster.register(name);
    }
    cluster.pass(60);
    cluster.say('up', { main: { min: 5, max: 10 } });
    const excluded: (readonly string[])[] = [];
    for (const node of ['a', 'b', 'c', 'd']) {
      for (const _try of [1, 2]) {
        cluster.pass(120);
        const name = cluster.live().find((each) => cluster.pilot(each)?.startedAt === undefined) ?? '';
        cluster.start(name, node);
        cluster.register(name);
        cluster.pass(30);
        cluster.end(name, 'failed');
        cluster.pass(90);
      }
      excluded.push(lastExcluded(cluster));
    }
    expect(excluded.slice(0, 3)).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
    expect(excludedOfOther(cluster)).toEqual([]);
  });

  it('are pardoned when people say something new, also to a launcher that was not there then', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    dieOn(cluster, 'node7');
    dieOn(cluster, 'node7');
    expect(cluster.view().badNodes).toHaveLength(1);
    cluster.restart();
    cluster.tick(10);
    expect(cluster.view().badNodes).toHaveLength(1);
    cluster.say('up');
    cluster.restart();
    cluster.tick(10);
    expect(cluster.view().badNodes).toEqual([]);
    expect(cluster.state.ledger.nodes.size).toBe(0);
  });
});

describe('the name of a node', () => {
  it("is the queue's, which alone can leave it out; what the pilot calls it is only shown", () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.write({ pilot: 'main-1', host: 'vm7.example.org', startedAt: cluster.now });
    cluster.tick();
    expect(cluster.view().pilots).toMatchObject([{ node: 'vm7.example.org' }]);
    expect(cluster.pilot('main-1')?.node).toBeUndefined();
    cluster.start('main-1', 'n7');
    cluster.pass(60);
    expect(cluster.view().pilots).toMatchObject([{ node: 'n7' }]);
  });
});
