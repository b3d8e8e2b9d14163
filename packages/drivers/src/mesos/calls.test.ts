import { describe, expect, it } from 'vitest';
import { acknowledgeCall, killCall, reconcileCalls } from './calls.ts';

const update = { attemptId: 'a', state: 'TASK_RUNNING', timestamp: 0 } as const;

describe('calls', () => {
  it('leave out the id of an agent that is not known', () => {
    const attempt = { attemptId: 'a', agentId: '' };
    expect(killCall(attempt, 1)).toEqual({
      type: 'KILL',
      kill: { task_id: { value: 'a' }, kill_policy: { grace_period: { nanoseconds: 1_000_000_000n } } },
    });
    expect(reconcileCalls([attempt])).toEqual([
      { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 'a' } }] } },
    ]);
  });

  it('never ask for the states of no tasks, which would mean all', () => {
    expect(reconcileCalls([])).toEqual([]);
  });

  it('ask for the states of a thousand tasks at a time', () => {
    const attempts = Array.from({ length: 2001 }, (_, index) => ({ attemptId: `${index}`, agentId: 'x' }));
    const sizes = reconcileCalls(attempts).map((call) =>
      call.type === 'RECONCILE' ? call.reconcile.tasks?.length : undefined,
    );
    expect(sizes).toEqual([1000, 1000, 1]);
  });

  it('acknowledge what an agent sent, and nothing else', () => {
    expect(acknowledgeCall({ ...update, agentId: 'x' })).toBeUndefined();
    expect(acknowledgeCall({ ...update, agentId: 'x', acknowledgement: 'AQID' })).toEqual({
      type: 'ACKNOWLEDGE',
      acknowledge: { agent_id: { value: 'x' }, task_id: { value: 'a' }, uuid: Buffer.from([1, 2, 3]) },
    });
  });
});
