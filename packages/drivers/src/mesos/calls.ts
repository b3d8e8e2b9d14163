import type { mesos, SchedulerCall } from '@galaxy-mesos/mesos-client';
import type { AttemptReference, AttemptUpdate, OfferId } from '@galaxy-mesos/scheduler';
import type { LaunchPlan } from './launch-plan.ts';
import { duration } from './task-info.ts';

/** Reconciliation asks for so many attempts in one call at most, which keeps a master answering others. */
const reconcileBatch = 1000;

/** An agent's id that nobody knows must be absent: an empty one would be that of another agent. */
const agentIdOf = (agentId: string): { agent_id?: mesos.AgentID } =>
  agentId === '' ? {} : { agent_id: { value: agentId } };

const offerIdsOf = (offerIds: readonly OfferId[]): mesos.OfferID[] => offerIds.map((value) => ({ value }));

/**
 * Launches tasks and groups of tasks on offers. What is left of them may be offered again at once, for more may wait
 * for just that.
 */
export const acceptCall = (
  offerIds: readonly OfferId[],
  { tasks, groups }: Pick<LaunchPlan, 'tasks' | 'groups'>,
): SchedulerCall => ({
  type: 'ACCEPT',
  accept: {
    offer_ids: offerIdsOf(offerIds),
    operations: [
      ...(tasks.length > 0 ? [{ type: 'LAUNCH', launch: { task_infos: tasks } } as const] : []),
      ...groups.map((group) => ({ type: 'LAUNCH_GROUP', launch_group: group }) as const),
    ],
    filters: { refuse_seconds: 0 },
  },
});

/** Tells whether it is convenient that agents will be gone. */
export const answerInverseOffersCall = (
  offerIds: readonly OfferId[],
  answer: 'accept' | 'decline',
): SchedulerCall => {
  const answered = { inverse_offer_ids: offerIdsOf(offerIds) };
  return answer === 'accept'
    ? { type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: answered }
    : { type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers: answered };
};

/** Gives offers back. The master takes no notice of those that it does not know. */
export const declineCall = (offerIds: readonly OfferId[], refuseSeconds: number): SchedulerCall => ({
  type: 'DECLINE',
  decline: {
    offer_ids: offerIdsOf(offerIds),
    filters: { refuse_seconds: refuseSeconds },
  },
});

/** Ends a task. A master knows where it runs; an agent's id that is wrong would make it ignore the call. */
export const killCall = ({ attemptId, agentId }: AttemptReference, graceSeconds: number): SchedulerCall => ({
  type: 'KILL',
  kill: {
    task_id: { value: attemptId },
    ...agentIdOf(agentId),
    kill_policy: { grace_period: duration(graceSeconds) },
  },
});

/** What confirms an update; `undefined` for one that needs no confirmation. */
export const acknowledgeCall = (update: AttemptUpdate): SchedulerCall | undefined => {
  const { attemptId, agentId, acknowledgement } = update;
  if (acknowledgement === undefined || agentId === undefined) return undefined;
  return {
    type: 'ACKNOWLEDGE',
    acknowledge: {
      agent_id: { value: agentId },
      task_id: { value: attemptId },
      uuid: Buffer.from(acknowledgement, 'base64'),
    },
  };
};

/** Asks for the states of tasks; of no tasks, for those of all that the master knows. */
export const reconcileCalls = (attempts: readonly AttemptReference[]): SchedulerCall[] => {
  // The agent's id must go with it: without, a master says UNKNOWN of a task on an unreachable agent.
  const tasks = attempts.map(({ attemptId, agentId }) => ({
    task_id: { value: attemptId },
    ...agentIdOf(agentId),
  }));
  if (tasks.length === 0) return [{ type: 'RECONCILE', reconcile: { tasks } }];
  const calls: SchedulerCall[] = [];
  for (let from = 0; from < tasks.length; from += reconcileBatch) {
    calls.push({ type: 'RECONCILE', reconcile: { tasks: tasks.slice(from, from + reconcileBatch) } });
  }
  return calls;
};
