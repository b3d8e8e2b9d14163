import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, type AttemptState, attemptStates, isTerminal } from '../model/task.ts';
import type { AttemptUpdate } from '../ports/driver.ts';
import { applyUpdate, verdictOn } from './attempt-rules.ts';

const staged: Attempt = {
  id: 't-1',
  taskId: 't',
  number: 1,
  state: 'TASK_STAGING',
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1000,
};

const update = (state: AttemptState, more: Partial<AttemptUpdate> = {}): AttemptUpdate => ({
  attemptId: 't-1',
  state,
  timestamp: 2000,
  ...more,
});

const anyState = fc.constantFrom(...attemptStates);

describe('applyUpdate', () => {
  test('notes when the attempt began and ended, and what was said of it', () => {
    const running = applyUpdate(staged, update('TASK_RUNNING', { sandbox: '/s', message: 'up' }));
    expect(running).toEqual({
      ...staged,
      state: 'TASK_RUNNING',
      startedAt: 2000,
      sandbox: '/s',
      message: 'up',
    });
    const failed = applyUpdate(running, update('TASK_FAILED', { timestamp: 3000, exitCode: 7 }));
    expect(failed).toEqual({
      ...staged,
      state: 'TASK_FAILED',
      startedAt: 2000,
      endedAt: 3000,
      sandbox: '/s',
      exitCode: 7,
    });
  });

  test('the same again changes nothing, whatever the state', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const once = applyUpdate(staged, update(state));
        expect(applyUpdate(once, update(state, { timestamp: 9000 }))).toBe(once);
      }),
    );
  });

  test('after the end nothing changes any more', () => {
    fc.assert(
      fc.property(fc.array(anyState), (states) => {
        let attempt = staged;
        for (const state of states) {
          const next = applyUpdate(attempt, update(state));
          if (isTerminal(attempt.state)) expect(next).toBe(attempt);
          attempt = next;
        }
      }),
    );
  });

  test('an attempt that runs is not ended by the refusal of a second launch under its id', () => {
    const running = applyUpdate(staged, update('TASK_RUNNING'));
    expect(applyUpdate(running, update('TASK_ERROR', { reason: 'REASON_TASK_INVALID' }))).toBe(running);
    expect(applyUpdate(staged, update('TASK_ERROR')).state).toBe('TASK_ERROR');
  });

  test('nor is one that has not begun', () => {
    const refusal = { reason: 'REASON_TASK_INVALID', message: 'Task has duplicate ID: t-1' };
    expect(applyUpdate(staged, update('TASK_ERROR', refusal))).toBe(staged);
  });

  test('a lost attempt may come back', () => {
    const lost = applyUpdate(staged, update('TASK_LOST', { reason: 'REASON_AGENT_DISCONNECTED' }));
    expect(applyUpdate(lost, update('TASK_RUNNING'))).toEqual({
      ...staged,
      state: 'TASK_RUNNING',
      startedAt: 2000,
    });
  });
});

describe('verdictOn', () => {
  test('every state that can never run again decides', () => {
    const undecided = attemptStates.filter((state) => verdictOn(state) === 'wait');
    expect(undecided).toEqual([
      'TASK_STAGING',
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_KILLING',
      'TASK_UNREACHABLE',
    ]);
    expect(undecided.some(isTerminal)).toBe(false);
  });
});
