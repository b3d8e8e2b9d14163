import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { SchedulerMetrics } from './scheduler-metrics.ts';

const counts = {
  waitingTasks: 3,
  heldTasks: 0,
  liveAttempts: 5,
  knownAgents: 7,
  avoidedAgents: 1,
};

describe('SchedulerMetrics', () => {
  test('tells how the scheduler stands at the moment it is asked', async () => {
    let waitingTasks = 3;
    const metrics = new SchedulerMetrics(() => ({ ...counts, waitingTasks }));
    waitingTasks = 9;
    const text = await metrics.text();
    expect(text).toContain('galaxy_mesos_scheduler_waiting_tasks 9\n');
    expect(text).toContain('galaxy_mesos_scheduler_known_agents 7\n');
    expect(metrics.contentType).toContain('text/plain');
  });

  test('counts states, calls and offers', async () => {
    const metrics = new SchedulerMetrics(() => counts);
    metrics.noticed({ type: 'task', spec: aTask('a'), state: 'finished' });
    metrics.noticed({ type: 'call-failed', call: 'revive', error: new Error('no') });
    metrics.offered(5);
    metrics.called({ type: 'decline', offerIds: ['a', 'b'], refuseSeconds: 5 });
    metrics.called({ type: 'launch', offerIds: ['c'], launches: [] });
    const text = await metrics.text();
    for (const line of [
      'tasks_total{state="finished"} 1',
      'failed_calls_total{call="revive"} 1',
      'offers_total{fate="received"} 5',
      'offers_total{fate="declined"} 2',
      'offers_total{fate="used"} 1',
      'calls_total{call="launch"} 1',
    ]) {
      expect(text).toContain(`galaxy_mesos_scheduler_${line}\n`);
    }
  });

  test('two schedulers in one process count apart', async () => {
    const first = new SchedulerMetrics(() => counts);
    const second = new SchedulerMetrics(() => counts);
    first.offered(5);
    expect(await second.text()).not.toContain('offers_total{fate="received"}');
  });

  test('measures how long deciding and writing took', async () => {
    const metrics = new SchedulerMetrics(() => counts);
    metrics.decided(2);
    metrics.committed(30);
    const text = await metrics.text();
    expect(text).toContain('galaxy_mesos_scheduler_decision_seconds_bucket{le="0.0025"} 1\n');
    expect(text).toContain('galaxy_mesos_scheduler_commit_seconds_bucket{le="0.025"} 0\n');
    expect(text).toContain('galaxy_mesos_scheduler_commit_seconds_sum 0.03\n');
  });
});
