import type { mesos } from '@galaxy-mesos/mesos-client';
import type { AttemptUpdate } from '@galaxy-mesos/scheduler';

/** What a command's exit code reads like in the messages of Mesos's executors; no field carries it. */
const exitMessage = /^Command exited with status (\d+)/;

/** What a TaskStatus says of an attempt. `sandbox` is where a person finds its files. */
export function attemptUpdate(
  status: mesos.TaskStatus,
  sandbox: string | undefined,
  now: number,
): AttemptUpdate {
  const { task_id, state, timestamp, agent_id, message, reason, uuid } = status;
  const exitCode = exitMessage.exec(message ?? '')?.[1];
  return {
    attemptId: task_id.value,
    state,
    timestamp: timestamp === undefined ? now : Math.round(timestamp * 1000),
    ...(agent_id && { agentId: agent_id.value }),
    ...(message && { message }),
    ...(reason && { reason }),
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
    ...(sandbox !== undefined && { sandbox }),
    ...(uuid && uuid.length > 0 && { acknowledgement: Buffer.from(uuid).toString('base64') }),
  };
}
