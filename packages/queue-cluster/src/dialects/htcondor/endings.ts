import type { BatchJobEnding, BatchJobState, QueueCommand } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { attributes, type CondorJob } from './job.ts';

const removed = 3;
const waited = 1;

/** How a job that was removed or is completed came to its end. */
export function endOfHtcondor(job: CondorJob, node: string | undefined): BatchJobState {
  const how = job.JobStatus === removed ? endOfRemoved(job) : endOfCompleted(job);
  const reason = reasonOf(job);
  return {
    kind: 'ended',
    how,
    ...(job.ExitCode === undefined || job.JobStatus === removed ? {} : { exitCode: job.ExitCode }),
    ...(reason === '' ? {} : { reason }),
    ...(node === undefined ? {} : { node }),
  };
}

const endOfCompleted = ({ ExitBySignal, ExitCode }: CondorJob): BatchJobEnding => {
  if (ExitBySignal === true) return 'failed';
  if (ExitCode === undefined) return 'unknown';
  return ExitCode === 0 ? 'completed' : 'failed';
};

/** By a person, or by the job's own expression: for its walltime, or after it was evicted. */
function endOfRemoved({ RemoveReason = '', LastJobStatus, NumJobStarts = 0 }: CondorJob): BatchJobEnding {
  if (!/PeriodicRemove/i.test(RemoveReason)) return 'cancelled';
  return LastJobStatus === waited || NumJobStarts > 1 ? 'preempted' : 'walltime';
}

/** Its own expression is no reason that people know; how it ended says it. */
const reasonOf = ({ RemoveReason = '', ExitBySignal, ExitSignal, JobStatus }: CondorJob): string => {
  if (JobStatus === removed) return /PeriodicRemove/i.test(RemoveReason) ? '' : oneLine(RemoveReason);
  return ExitBySignal === true ? oneLine(`it was ended by signal ${ExitSignal ?? '?'}`) : '';
};

/** The history is a file, read from its end until all are found. */
export const endingsOfHtcondor = (ids: readonly string[]): QueueCommand => ({
  program: 'condor_history',
  arguments: ['-json', '-attributes', attributes, '-limit', `${ids.length}`, ...ids],
});
