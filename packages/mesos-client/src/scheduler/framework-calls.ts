import type { AgentID, FrameworkID, FrameworkInfo, OperationStatus, TaskStatus } from '../gen/mesos.ts';
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

/** The call that acknowledges a status; undefined where none is asked for, or nobody could be told. */
export function acknowledgementOf(status: TaskStatus | OperationStatus): SchedulerCall | undefined {
  const { agent_id } = status;
  if (!agent_id) return undefined;
  if ('task_id' in status) return acknowledgementOfTask(status, agent_id);
  const { operation_id, resource_provider_id, uuid } = status;
  if (!operation_id || !uuid || uuid.value.length === 0) return undefined;
  return {
    type: 'ACKNOWLEDGE_OPERATION_STATUS',
    acknowledge_operation_status: {
      agent_id,
      operation_id,
      uuid: uuid.value,
      ...(resource_provider_id && { resource_provider_id }),
    },
  };
}

function acknowledgementOfTask({ task_id, uuid }: TaskStatus, agent_id: AgentID): SchedulerCall | undefined {
  if (!uuid || uuid.length === 0) return undefined;
  return { type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } };
}
