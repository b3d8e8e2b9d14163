import type { SchedulerNotice } from '@galaxy-mesos/scheduler';

type NoticeOf<Type extends SchedulerNotice['type']> = Extract<SchedulerNotice, { type: Type }>;

/** What a person should know of a notice of the scheduler that does not end the job; `undefined` if it is no such. */
export function warningOf(notice: SchedulerNotice): string | undefined {
  switch (notice.type) {
    case 'unplaced':
      return notice.message;
    case 'disconnected':
      return `connection lost, connecting again (what runs goes on meanwhile): ${notice.message}`;
    case 'call-failed':
      return `a message to the cluster (${notice.call}) was not taken; it is seen to again: ${notice.error.message}`;
    case 'store-trouble':
      return storeWarning(notice);
    case 'agent-avoided':
      return `too many tasks failed on ${notice.hostname}, one after the other: no more are started there for ${describeSeconds(notice.seconds)}`;
    case 'unknown-attempt':
      return strangerWarning(notice);
    case 'maintenance':
      return maintenanceWarning(notice);
    default:
      return undefined;
  }
}

function storeWarning({ error }: NoticeOf<'store-trouble'>): string | undefined {
  // That it can be written again shows by itself: tasks go on.
  return error && `the job database cannot be written, and no task is started until it can: ${error.message}`;
}

function strangerWarning({ attemptId, agentId, action }: NoticeOf<'unknown-attempt'>): string {
  const what = action === 'kill' ? 'it is ended' : 'it is left alone';
  const where = agentId === '' ? '' : ` on agent ${agentId}`;
  return `the cluster runs ${attemptId}${where}, of which the job database knows nothing: ${what}`;
}

function maintenanceWarning({
  agentId,
  unavailability,
  stillRunning,
}: NoticeOf<'maintenance'>): string | undefined {
  if (stillRunning === 0) return undefined;
  const where = agentId === undefined ? 'the cluster' : `agent ${agentId}`;
  const when = new Date(unavailability.start).toISOString();
  const tasks = stillRunning === 1 ? '1 task there may' : `${stillRunning} tasks there may`;
  return `${where} is to be taken down at ${when}, when ${tasks} still run; what is ended by that is tried again elsewhere`;
}

function describeSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
