import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';
import type { QueueProblem } from '../dialects/dialect.ts';
import { decide } from './decide.ts';

const busy: QueueProblem = { kind: 'transient', text: 'Socket timed out' };
const wrong: QueueProblem = { kind: 'configuration', text: 'invalid partition', advice: 'see sinfo' };

function refusing(problem: QueueProblem): TestCluster {
  const cluster = new TestCluster([{ backlog: 1 }]);
  cluster.submitted = () => ({ kind: 'refused', problem });
  cluster.lacks(80);
  return cluster;
}

function submitTimes(cluster: TestCluster): number[] {
  const times = cluster.journal.filter(({ kind }) => kind === 'intended').map(({ at }) => at / 1000);
  return times.map((at) => at - (times[0] ?? 0));
}

describe('refused submits', () => {
  it("pause a pool at once where asking again is no use, in the queue's own words", () => {
    const cluster = refusing(wrong);
    cluster.pass(7200);
    expect(submitTimes(cluster)).toEqual([0]);
    expect(cluster.view().pools[0]?.paused).toEqual({ text: 'invalid partition', advice: 'see sinfo' });
  });

  it('are tried again at once, then after a minute, a quarter of an hour, half an hour and hours', () => {
    const cluster = refusing(busy);
    cluster.pass(12_000);
    expect(submitTimes(cluster)).toEqual([0, 10, 80, 990, 2800, 6410, 10_020]);
    expect(cluster.view().pools[0]?.backOff?.text).toBe('Socket timed out');
  });

  it('pause a pool after ten in a row', () => {
    const cluster = refusing(busy);
    cluster.pass(40 * 3600, 60);
    expect(submitTimes(cluster)).toHaveLength(10);
    expect(cluster.view().pools[0]?.paused?.text).toBe('Socket timed out');
  });

  it('say nothing of the pool where the pilot was to leave by then, as one that was never tried', () => {
    const cluster = new TestCluster([{ backlog: 20 }]);
    cluster.submitted = () => ({ kind: 'unclear', text: 'it takes its time' });
    cluster.lacks(160);
    cluster.pass(20);
    cluster.say('down');
    cluster.tick(10);
    const heard = { statuses: [], endings: [], facts: [], failedOrders: [] };
    const news = { wanted: cluster.wanted, demand: [], agents: [], ...heard };
    const outcome = { kind: 'refused', problem: wrong } as const;
    const submits = [...cluster.state.ledger.pilots.keys()].map((pilot) => ({ pilot, outcome }));
    expect(submits).toHaveLength(10);
    const moment = { now: cluster.now, newName: (pool: string) => pool };
    const { events } = decide(cluster.setting, cluster.state, { ...news, submits }, moment);
    expect(events.filter(({ kind }) => kind === 'health')).toEqual([]);
    const classes = events.flatMap((event) => (event.kind === 'ended' ? [event.class] : []));
    expect(classes).toEqual(submits.map(() => 'planned-end'));
  });

  it('are forgotten when one is taken', () => {
    const cluster = refusing(busy);
    cluster.pass(60);
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.pass(60);
    expect(cluster.view().pools[0]?.backOff).toBeUndefined();
    expect(cluster.live()).toHaveLength(1);
  });

  it('by a limit on jobs never pause a pool', () => {
    const cluster = refusing({ kind: 'limit', text: 'QOSMaxSubmitJobPerUserLimit' });
    cluster.pass(24 * 3600, 60);
    expect(cluster.view().pools[0]?.paused).toBeUndefined();
    expect(submitTimes(cluster).length).toBeGreaterThan(100);
  });

  it('are tried again one at a time, until one is taken', () => {
    const cluster = new TestCluster([{ backlog: 5 }]);
    cluster.submitted = () => ({ kind: 'refused', problem: { kind: 'limit', text: 'too many jobs' } });
    cluster.lacks(40);
    cluster.pass(60);
    expect(countOf(cluster.decisions, 'submit')).toBe(5);
    cluster.pass(300);
    expect(countOf(cluster.decisions, 'submit')).toBe(6);
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.pass(330);
    expect(cluster.live()).toHaveLength(5);
  });

  it('begin afresh as soon as people say something new', () => {
    const cluster = refusing(wrong);
    cluster.pass(600);
    cluster.submitted = (_pilot, id) => ({ kind: 'accepted', id });
    cluster.say('up');
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(1);
  });

  it('stay paused over a restart of the launcher', () => {
    const cluster = refusing(wrong);
    cluster.pass(600);
    cluster.restart();
    cluster.pass(600);
    expect(submitTimes(cluster)).toEqual([0]);
    cluster.say('up');
    cluster.restart();
    cluster.pass(60);
    expect(submitTimes(cluster)).toHaveLength(2);
  });
});

/** Lets pilots come and die until the pool does not submit any more, or time is up. */
function letDie(cluster: TestCluster, seconds: number, die: (name: string) => void): void {
  for (let passed = 0; passed < seconds; passed += 30) {
    for (const name of cluster.live()) {
      if (cluster.pilot(name)?.id !== undefined) {
        die(name);
      }
    }
    cluster.pass(30);
  }
}

describe('pilots that fail', () => {
  it('pause a pool after three tries in a row', () => {
    const cluster = new TestCluster([{ backlog: 1 }]);
    cluster.lacks(80);
    letDie(cluster, 7200, (name) => cluster.end(name, 'failed', 'JobLaunchFailure'));
    expect(countOf(cluster.decisions, 'submit')).toBe(3);
    expect(cluster.view().pools[0]?.paused?.text).toBe('JobLaunchFailure');
  });

  it('count as one try where they were submitted together', () => {
    const cluster = new TestCluster([{ backlog: 5 }]);
    cluster.lacks(40);
    cluster.pass(60);
    for (const name of cluster.live()) {
      cluster.end(name, 'failed');
    }
    cluster.pass(60);
    expect(cluster.state.ledger.health.get('main')).toMatchObject({ failures: 1 });
    expect(cluster.live()).toHaveLength(5);
  });

  it('are no reason to pause where an agent has lived for a minute in between', () => {
    const cluster = new TestCluster([{ min: 1, backlog: 1 }]);
    for (const _round of [1, 2, 3, 4, 5]) {
      cluster.pass(120);
      const [doomed = ''] = cluster.live();
      cluster.end(doomed, 'failed');
      cluster.pass(120);
      const [name = ''] = cluster.live();
      cluster.start(name);
      cluster.register(name);
      cluster.pass(120);
      cluster.end(name, 'preempted');
    }
    cluster.pass(60);
    expect(cluster.live()).toHaveLength(1);
  });

  it('are none where they were preempted, or their node broke down', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    letDie(cluster, 3600, (name) => cluster.end(name, 'preempted'));
    letDie(cluster, 3600, (name) => cluster.end(name, 'node-failed'));
    expect(cluster.state.ledger.health.size).toBe(0);
    expect(cluster.live()).toHaveLength(1);
  });

  it('are replaced at once where somebody has cancelled them, but not for ever', () => {
    const cluster = new TestCluster([{ min: 1 }]);
    cluster.pass(60);
    cluster.end('main-1', 'cancelled');
    cluster.pass(60);
    expect(cluster.live()).toEqual(['main-2']);
    letDie(cluster, 7200, (name) => cluster.end(name, 'cancelled'));
    expect(cluster.live()).toEqual([]);
    expect(cluster.view().pools[0]?.paused?.text).toContain('cancelled');
  });

  it('are given up and stopped where their agents never come', () => {
    const cluster = new TestCluster([{ min: 1, max: 1 }]);
    cluster.pass(60);
    cluster.start('main-1', 'node7');
    cluster.pass(580);
    expect(countOf(cluster.decisions, 'stop-batch-jobs')).toBe(0);
    cluster.pass(120);
    expect(countOf(cluster.decisions, 'stop-batch-jobs')).toBe(1);
    expect(cluster.pilot('main-1')?.ended?.class).toBe('never-registered');
  });

  it('are not blamed while the master does not answer', () => {
    const cluster = new TestCluster([{ min: 1, max: 1 }]);
    cluster.pass(60);
    cluster.start('main-1');
    cluster.isMasterAway = true;
    cluster.pass(3600);
    expect(cluster.live()).toEqual(['main-1']);
  });
});
