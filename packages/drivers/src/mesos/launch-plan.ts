import type { mesos } from '@galaxy-mesos/mesos-client';
import { type AttemptUpdate, describeResources, type Launch } from '@galaxy-mesos/scheduler';
import { faultOfAmounts } from '../launch-fault.ts';
import { OfferedResources } from './offer-resources.ts';
import { type TaskDefaults, taskInfo } from './task-info.ts';

/** Why an attempt was not sent to the master, in the words of an update. */
export type Refusal = Pick<AttemptUpdate, 'attemptId' | 'state' | 'reason' | 'message'>;

/** What becomes of the launches on one offer. */
export interface LaunchPlan {
  readonly tasks: readonly mesos.TaskInfo[];
  readonly refusals: readonly Refusal[];
}

/** The attempt had no offer to run on; it can be tried on another. */
export const dropped = ({ attemptId }: Launch, message: string): Refusal => ({
  attemptId,
  state: 'TASK_DROPPED',
  reason: 'REASON_INVALID_OFFERS',
  message,
});

/** The attempt can run nowhere. */
export const invalid = ({ attemptId }: Launch, message: string): Refusal => ({
  attemptId,
  state: 'TASK_ERROR',
  reason: 'REASON_TASK_INVALID',
  message,
});

/** Divides an offer among launches, in their order; one that it is too small for is left out. */
export function planLaunch(
  offer: mesos.Offer,
  launches: readonly Launch[],
  defaults: TaskDefaults,
): LaunchPlan {
  const offered = new OfferedResources(offer.resources ?? []);
  const tasks: mesos.TaskInfo[] = [];
  const refusals: Refusal[] = [];
  for (const launch of launches) {
    // What no message of Mesos can express; everything else the master judges by itself.
    const fault = faultOfAmounts(launch);
    const resources = fault === undefined ? offered.take(launch.resources) : undefined;
    if (fault !== undefined) refusals.push(invalid(launch, fault));
    else if (resources) tasks.push(taskInfo(launch, offer.agent_id.value, resources, defaults));
    else refusals.push(dropped(launch, `The offer has only ${describeResources(offered.total)} left`));
  }
  return { tasks, refusals };
}
