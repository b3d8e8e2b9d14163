import type { scheduler } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { acceptCall, acknowledgeCall, answerInverseOffersCall, killCall, reconcileCalls } from './calls.ts';

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

  it('ask for the states of all tasks where none is named', () => {
    expect(reconcileCalls([])).toEqual([{ type: 'RECONCILE', reconcile: { tasks: [] } }]);
  });

  it('launch tasks and groups on several offers in one ACCEPT, and no empty LAUNCH', () => {
    const task = { name: 'a', task_id: { value: 'a' }, agent_id: { value: 'x' } };
    const group = { executor: { executor_id: { value: 'e' } }, task_group: { tasks: [task] } };
    const typesOf = (plan: Parameters<typeof acceptCall>[1]) => {
      const { accept } = acceptCall(['1', '2'], plan) as { accept: scheduler.Call.Accept };
      expect(accept.offer_ids).toEqual([{ value: '1' }, { value: '2' }]);
      return accept.operations?.map(({ type }) => type);
    };
    expect(typesOf({ tasks: [task], groups: [group] })).toEqual(['LAUNCH', 'LAUNCH_GROUP']);
    expect(typesOf({ tasks: [], groups: [group, group] })).toEqual(['LAUNCH_GROUP', 'LAUNCH_GROUP']);
  });

  it('answer inverse offers by a call for each answer', () => {
    const inverse_offer_ids = [{ value: '1' }];
    expect(answerInverseOffersCall(['1'], 'accept')).toEqual({
      type: 'ACCEPT_INVERSE_OFFERS',
      accept_inverse_offers: { inverse_offer_ids },
    });
    expect(answerInverseOffersCall(['1'], 'decline')).toEqual({
      type: 'DECLINE_INVERSE_OFFERS',
      decline_inverse_offers: { inverse_offer_ids },
    });
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
