import type { mesos } from '@galaxy-mesos/mesos-client';
import { type AttemptUpdate, describeResources, type Launch, resourceNames } from '@galaxy-mesos/scheduler';
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

/** What no message of Mesos can express. Everything else the master judges by itself. */
const faultOf = ({ resources, maximumRunSeconds }: Launch): string | undefined => {
  const bad = resourceNames.find((name) => !(Number.isFinite(resources[name]) && resources[name] >= 0));
  if (bad !== undefined)
    return `resources.${bad} must be a number that is not negative, and is ${resources[bad]}`;
  if (maximumRunSeconds === undefined || maximumRunSeconds >= 0) return undefined;
  return `maximumRunSeconds must be a number that is not negative, and is ${maximumRunSeconds}`;
};

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
    const fault = faultOf(launch);
    const resources = fault === undefined ? offered.take(launch.resources) : undefined;
    if (fault !== undefined) refusals.push(invalid(launch, fault));
    else if (resources) tasks.push(taskInfo(launch, offer.agent_id.value, resources, defaults));
    else refusals.push(dropped(launch, `The offer has only ${describeResources(offered.total)} left`));
  }
  return { tasks, refusals };
}
