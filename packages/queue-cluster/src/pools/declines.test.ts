import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

/** Pilots start and register as soon as they are there, after so many seconds; nothing is ever put on them. */
function live(cluster: TestCluster, hours: number, startUp = 0): number {
  const submits = countOf(cluster.decisions, 'submit');
  const started = new Map<string, number>();
  for (let passed = 0; passed < hours * 3600; passed += 10) {
    for (const [name, { state }] of cluster.batchJobs) {
      if (state.kind === 'waiting') {
        cluster.start(name);
        cluster.write({ pilot: name, startedAt: cluster.now });
        started.set(name, cluster.now);
      } else if (
        state.kind === 'running' &&
        !cluster.agents.has(`agent-of-${name}`) &&
        cluster.now - (started.get(name) ?? 0) >= startUp * 1000
      ) {
        cluster.register(name);
      }
    }
    cluster.tick(10);
  }
  return countOf(cluster.decisions, 'submit') - submits;
}

describe('tasks that are not put on the pilots that should hold them', () => {
  it('are no longer counted after a minute, and told; their pilots leave when they were idle for long', () => {
    const cluster = new TestCluster();
    cluster.lacks(24, { uncarried: ['unique field @hostname among x'] });
    live(cluster, 0.05);
    expect(cluster.live()).toHaveLength(3);
    expect(cluster.view().unmet).toMatchObject([
      { count: 24, why: 'untaken', pools: ['main'], uncarried: ['unique field @hostname among x'] },
    ]);
    live(cluster, 0.3);
    expect(cluster.live()).toEqual([]);
  });

  it('are tried again with one pilot an hour', () => {
    const cluster = new TestCluster();
    cluster.lacks(80);
    expect(live(cluster, 0.5)).toBe(10);
    expect(live(cluster, 6)).toBeLessThanOrEqual(6);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
    const later = live(cluster, 1.5);
    expect(later).toBeGreaterThan(0);
    expect(later).toBeLessThanOrEqual(2);
  });

  it('go to the next pool that holds them', () => {
    const cluster = new TestCluster([{ name: 'first' }, { name: 'second' }]);
    cluster.lacks(8);
    live(cluster, 0.04);
    expect(cluster.live()).toEqual(['first-1', 'second-2']);
  });

  it('count again when they are taken after all', () => {
    const cluster = new TestCluster([{ idleSeconds: 3600 }]);
    cluster.lacks(80);
    live(cluster, 0.1);
    expect(cluster.live()).toHaveLength(10);
    for (const name of cluster.live()) {
      cluster.work(name, 7);
    }
    cluster.lacks(10, { placed: 70 });
    cluster.pass(120);
    expect(cluster.view().unmet).toMatchObject([{ why: 'full' }]);
    expect(cluster.view().pools[0]?.desired).toBe(10);
  });

  it('stay counted for hours where others work, though one stays idle for a reason of its own', () => {
    const cluster = new TestCluster([{ idleSeconds: 100_000, max: 20, backlog: 20 }]);
    cluster.lacks(160);
    cluster.pass(30);
    const [idle = '', ...others] = cluster.live();
    const working = others.slice(0, 9);
    for (const name of [idle, ...working]) {
      cluster.start(name);
      cluster.register(name);
    }
    cluster.pass(30);
    for (const name of working) {
      cluster.work(name, 8);
    }
    cluster.lacks(88, { placed: 72 });
    cluster.pass(3 * 3600);
    expect(cluster.view().unmet).toMatchObject([]);
    expect(cluster.view().pools[0]?.phases).toMatchObject({ registered: 10, queued: 10 });
  });

  it('stay counted under a steady flow, in which as many come as are taken', () => {
    const cluster = new TestCluster([{ idleSeconds: 100_000 }]);
    cluster.lacks(80);
    cluster.pass(30);
    for (const [index, name] of cluster.live().entries()) {
      cluster.start(name, index < 5 ? 'good' : `bad-${index}`);
      cluster.register(name);
      if (index < 5) cluster.work(name, 8);
    }
    for (let minute = 1; minute <= 120; minute += 1) {
      cluster.lacks(80 + minute, { placed: minute * 16 });
      cluster.pass(60);
    }
    expect(cluster.live()).toHaveLength(10);
    expect(cluster.view().unmet).toMatchObject([{ why: 'full' }]);
  });

  it('are not taken for used where they become fewer by themselves', () => {
    const cluster = new TestCluster([{ idleSeconds: 100_000 }]);
    cluster.lacks(80);
    live(cluster, 0.05);
    for (const [index, name] of cluster.live().slice(0, 4).entries()) {
      cluster.work(name, 1 + index);
      cluster.lacks(79 - index);
      cluster.pass(20);
    }
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
  });

  it('keep their places in the queue where a single pilot stays idle, which goes when it was idle for long', () => {
    const cluster = new TestCluster();
    cluster.lacks(160);
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(10);
    const [first = ''] = cluster.live();
    cluster.start(first);
    cluster.register(first);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(10);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
    cluster.pass(2 * 3600);
    expect(cluster.live()).not.toContain(first);
    expect(cluster.live().length).toBeGreaterThanOrEqual(9);
  });

  it('keep no places there from other tasks, for which one pilot after the other would come', () => {
    const cluster = new TestCluster();
    cluster.lacks(24);
    cluster.pass(60);
    const [first = ''] = cluster.live();
    cluster.start(first);
    cluster.register(first);
    cluster.pass(120);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
    const likelyUntaken = cluster.demand;
    cluster.lacks(16, { from: 'another' });
    cluster.demand.unshift(...likelyUntaken);
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(3);
  });

  it('have no pilot after the other come there in place of one that ends soon', () => {
    const cluster = new TestCluster([{ walltimeSeconds: 1800 }]);
    cluster.lacks(16);
    cluster.pass(60);
    const [first = '', second] = cluster.live();
    cluster.start(first);
    cluster.register(first);
    cluster.pass(120);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
    // Others have more use for it.
    cluster.work(first, 8);
    cluster.pass(1100);
    expect(cluster.live()).toEqual([second]);
  });

  it('lose them where the next one stays idle, too', () => {
    const cluster = new TestCluster();
    cluster.lacks(160);
    cluster.pass(60);
    for (const name of cluster.live().slice(0, 2)) {
      cluster.start(name);
      cluster.register(name);
    }
    cluster.pass(300);
    expect(cluster.live()).toHaveLength(2);
    expect(cluster.view().unmet).toMatchObject([{ count: 160, why: 'untaken' }]);
  });

  it('are not judged by pilots that the queue has suspended', () => {
    const cluster = new TestCluster([{ idleSeconds: 3600, max: 1 }]);
    cluster.bringUp(1);
    const [name = ''] = cluster.live();
    const { id = '' } = cluster.batchJobs.get(name) ?? {};
    const state = { kind: 'running', startedAt: cluster.now, isSuspended: true } as const;
    cluster.batchJobs.set(name, { id, name, state });
    cluster.pass(60);
    cluster.lacks(8);
    cluster.pass(300);
    expect(cluster.view().unmet).toEqual([]);
  });

  it('stay uncounted where others are taken', () => {
    const cluster = new TestCluster([{ idleSeconds: 3600 }]);
    cluster.lacks(8);
    live(cluster, 0.1);
    const [name = ''] = cluster.live();
    cluster.work(name, 3);
    cluster.pass(60);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
    expect(cluster.live()).toEqual([name]);
  });

  it('count again when people have said something new, when their framework is another, or went away', () => {
    const cluster = new TestCluster([{ idleSeconds: 3600 }]);
    const isTold = () => cluster.view().unmet.length > 0;
    cluster.lacks(8);
    live(cluster, 0.1);
    expect(isTold()).toBe(true);
    cluster.say('up');
    cluster.tick(10);
    expect(isTold()).toBe(false);
    live(cluster, 0.1);
    expect(isTold()).toBe(true);
    cluster.lacks(8, { from: 'another' });
    cluster.tick(10);
    expect(isTold()).toBe(false);
    cluster.pass(70);
    cluster.lacks(8);
    cluster.tick(10);
    expect(isTold()).toBe(false);
  });

  it('prove nothing while the master is away, or where they came just now', () => {
    const cluster = new TestCluster([{ idleSeconds: 3600 }]);
    cluster.bringUp(1);
    cluster.pass(300);
    cluster.lacks(8);
    cluster.pass(50);
    expect(cluster.view().unmet).toEqual([]);
    cluster.isMasterAway = true;
    cluster.pass(120);
    cluster.isMasterAway = false;
    cluster.pass(50);
    expect(cluster.view().unmet).toEqual([]);
    cluster.pass(30);
    expect(cluster.view().unmet).toMatchObject([{ why: 'untaken' }]);
  });
});

describe('tasks that all but fill a pilot', () => {
  const short = { walltimeSeconds: 600, softMarginSeconds: 60, hardMarginSeconds: 30, max: 2 };

  it('are told as too long where pilots need time to come up, and nothing is submitted for them', () => {
    const cluster = new TestCluster([short]);
    cluster.lacks(8, { longestSeconds: 540 });
    expect(live(cluster, 2, 40)).toBe(0);
    expect(cluster.view().unmet).toMatchObject([{ why: 'too-long', longestSeconds: 540, livesSeconds: 510 }]);
  });

  it('are told as too long when pilots turn out to come up slowly, instead of replacing them for ever', () => {
    const cluster = new TestCluster([{ ...short, max: 10 }]);
    cluster.lacks(8, { longestSeconds: 500 });
    expect(live(cluster, 2, 90)).toBeLessThanOrEqual(3);
    const [unmet] = cluster.view().unmet;
    expect(unmet).toMatchObject({ why: 'too-long', longestSeconds: 500 });
    expect(unmet?.livesSeconds).toBeLessThan(500);
  });

  it('are tried again some time after a start that was slow', () => {
    const cluster = new TestCluster([
      { walltimeSeconds: 3600, softMarginSeconds: 60, hardMarginSeconds: 30 },
    ]);
    cluster.lacks(8, { longestSeconds: 3300 });
    expect(live(cluster, 0.5, 400)).toBeGreaterThan(0);
    expect(cluster.view().unmet).toMatchObject([{ why: 'too-long' }]);
    expect(live(cluster, 3, 30)).toBeGreaterThan(0);
  });

  it('go to a pool whose pilots live longer', () => {
    const cluster = new TestCluster([
      { ...short, name: 'short' },
      { name: 'long', walltimeSeconds: 1200 },
    ]);
    cluster.lacks(8, { longestSeconds: 540 });
    cluster.pass(60);
    expect(cluster.live()).toEqual(['long-1']);
    expect(cluster.view().unmet).toEqual([]);
  });
});
