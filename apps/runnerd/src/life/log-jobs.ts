import type { JobEvent, JobView } from '@galaxy-mesos/galaxy-jobs';
import type { Logger } from 'pino';

/** Makes a line of the log of each thing that happens to a job; a job's end is told with its exit code and its fault. */
export function logJobEvent(log: Logger, event: JobEvent): void {
  const { jobId } = event;
  if (event.type === 'job') logJob(log, event.job);
  else if (event.type === 'attempt') {
    const { id, state, hostname, reason, message } = event.attempt;
    log.debug({ jobId, attempt: id, state, hostname, reason, detail: message }, 'attempt');
  } else if (event.type === 'removed') log.debug({ jobId }, 'job removed');
  // A task's states follow from those of its attempts and of its job.
}

function logJob(log: Logger, { id, state, owner, user, exitCode, message }: JobView): void {
  const about = { jobId: id, owner, user, exitCode, ...(message !== undefined && { detail: message }) };
  if (state === 'error') log.warn(about, 'job error');
  else log.info(about, `job ${state}`);
}
