import { describe, expect, test } from 'vitest';
import type { Attempt, AttemptState } from '../model/task.ts';
import { AgentHealth } from './agent-health.ts';

const limits = { agentFailuresTolerated: 2, agentAvoidance: 60, longestAgentAvoidance: 200 };

const ended = (taskId: string, state: AttemptState, more: Partial<Attempt> = {}): Attempt => ({
  id: `${taskId}-1`,
  taskId,
  number: 1,
  state,
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1,
  ...more,
});

/** One where so many tasks have failed on an agent. */
function afterFailures(count: number): AgentHealth {
  const health = new AgentHealth(limits);
  for (let task = 0; task < count; task++) health.ended(ended(`task-${task}`, 'TASK_FAILED'), 0);
  return health;
}

describe('AgentHealth', () => {
  test('tolerates some failures, and avoids the agent then', () => {
    const health = afterFailures(2);
    expect(health.standing('agent-1', 0)).toBe('good');
    expect(health.ended(ended('c', 'TASK_LOST'), 0)).toBe(true);
    expect(health.standing('agent-1', 0)).toBe('avoided');
    expect(health.avoided(0)).toEqual(['agent-1']);
    expect(health.standing('agent-2', 0)).toBe('good');
  });

  test('one task that fails again and again says nothing of the agent', () => {
    const health = afterFailures(1);
    for (let time = 0; time < 9; time++) health.ended(ended('task-0', 'TASK_FAILED'), 0);
    expect(health.standing('agent-1', 0)).toBe('good');
  });

  test('a task that ended well there makes up for all before', () => {
    const health = afterFailures(2);
    health.ended(ended('good', 'TASK_FINISHED'), 0);
    health.ended(ended('c', 'TASK_FAILED'), 0);
    expect(health.standing('agent-1', 0)).toBe('good');
  });

  test('gives another chance after a while, and twice as long a while when that is missed', () => {
    const health = afterFailures(3);
    expect(health.secondsLeft('agent-1', 0)).toBe(60);
    expect(health.standing('agent-1', 59_999)).toBe('avoided');
    expect(health.standing('agent-1', 60_000)).toBe('on probation');
    health.ended(ended('d', 'TASK_FAILED'), 60_000);
    expect(health.secondsLeft('agent-1', 60_000)).toBe(120);
    health.ended(ended('e', 'TASK_FAILED'), 180_000);
    expect(health.secondsLeft('agent-1', 180_000)).toBe(200);
  });

  test('is good again after a task ended well on probation', () => {
    const health = afterFailures(3);
    health.ended(ended('d', 'TASK_FINISHED'), 60_000);
    expect(health.standing('agent-1', 60_000)).toBe('good');
  });

  test('what others have wanted, and what no agent could have run, does not count', () => {
    const health = afterFailures(2);
    health.ended(ended('a', 'TASK_KILLED'), 0);
    health.ended(ended('b', 'TASK_ERROR'), 0);
    health.ended(ended('c', 'TASK_FAILED', { reason: 'GALAXY_MESOS_PREEMPTED' }), 0);
    health.ended(ended('d', 'TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' }), 0);
    expect(health.standing('agent-1', 0)).toBe('good');
  });

  test('attempts that end while the agent is avoided do not prolong it', () => {
    const health = afterFailures(4);
    expect(health.secondsLeft('agent-1', 0)).toBe(60);
  });

  test('what says more of the task, or of the network, than of the agent does not count', () => {
    const health = afterFailures(2);
    health.ended(ended('a', 'TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' }), 0);
    health.ended(ended('b', 'TASK_FAILED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }), 0);
    health.ended(ended('c', 'TASK_UNKNOWN'), 0);
    health.ended(ended('d', 'TASK_GONE_BY_OPERATOR'), 0);
    expect(health.standing('agent-1', 0)).toBe('good');
  });

  test('avoids half of the agents at most, and others when some of those are good again', () => {
    const health = new AgentHealth(limits);
    health.agentsKnown(5);
    const fail = (agentId: string, now: number) => {
      for (const task of ['a', 'b', 'c']) health.ended(ended(task, 'TASK_FAILED', { agentId }), now);
    };
    for (const agent of ['one', 'two', 'three']) fail(agent, 0);
    expect(health.avoided(0)).toEqual(['one', 'two']);
    fail('three', 60_000);
    expect(health.avoided(60_000)).toEqual(['three']);
  });

  test('forgets those that failed longest ago when there are very many', () => {
    const health = new AgentHealth({ ...limits, agentFailuresTolerated: 0 });
    for (let agent = 0; agent <= 10_000; agent++) {
      health.ended(ended('a', 'TASK_FAILED', { agentId: `agent-${agent}` }), 0);
    }
    expect(health.standing('agent-0', 0)).toBe('good');
    expect(health.standing('agent-1', 0)).toBe('avoided');
  });
});
