import type { SchedulerNotice } from '@galaxy-mesos/scheduler';

/** What a person should know of a notice of the scheduler that does not end the job; `undefined` if it is no such. */
export function warningOf(notice: SchedulerNotice): string | undefined {
  switch (notice.type) {
    case 'unplaced':
      return notice.message;
    case 'disconnected':
      return `connection lost, connecting again: ${notice.message}`;
    case 'call-failed':
      return `a call to the cluster (${notice.call}) did not get through, and is seen to again: ${notice.error.message}`;
    case 'store-trouble':
      return (
        notice.error && `nothing is launched until the store can be written again: ${notice.error.message}`
      );
    case 'agent-avoided':
      return `too many tasks failed on ${notice.hostname}: it is avoided for ${notice.seconds} s`;
    case 'unknown-attempt':
      return `the cluster runs ${notice.attemptId}, which is not in the store: ${notice.action === 'kill' ? 'it is ended' : 'it is left alone'}`;
    case 'maintenance':
      return maintenanceWarning(notice);
    default:
      return undefined;
  }
}

function maintenanceWarning({
  agentId,
  unavailability,
  stillRunning,
}: Extract<SchedulerNotice, { type: 'maintenance' }>): string | undefined {
  if (stillRunning === 0) return undefined;
  const where = agentId === undefined ? 'the cluster' : `agent ${agentId}`;
  const when = new Date(unavailability.start).toISOString();
  return `${where} is to be taken down at ${when}, when ${stillRunning} of the tasks there will still run`;
}
