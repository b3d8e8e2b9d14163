import type { FrameworkID, FrameworkInfo } from '../gen/mesos.ts';
import type { Call } from '../gen/scheduler.ts';
import type { SchedulerCall } from './scheduler-messages.ts';

/** SUBSCRIBE of a framework; a known id stands in two places, and the master refuses it if they differ. */
export function subscribeCall(
  framework: FrameworkInfo,
  more: Omit<Call.Subscribe, 'framework_info'> | undefined,
): Call {
  return {
    type: 'SUBSCRIBE',
    ...(framework.id && { framework_id: framework.id }),
    subscribe: { ...more, framework_info: framework },
  };
}

/** A call with the framework's id wherever it belongs. */
export function completeCall(call: SchedulerCall, id: FrameworkID | undefined): Call {
  const message: Call = { ...call, ...(id && { framework_id: id }) };
  const update = message.update_framework;
  if (!update || !id) return message;
  return { ...message, update_framework: { ...update, framework_info: { ...update.framework_info, id } } };
}
