import type { BatchJobEnding } from '../dialect.ts';

/** LSF's reasons for having ended a job, as in `TERM_RUNLIMIT: job killed after reaching LSF run time limit`. */
const endings: Readonly<Record<string, BatchJobEnding>> = {
  TERM_RUNLIMIT: 'walltime',
  TERM_DEADLINE: 'walltime',
  TERM_WINDOW: 'walltime',
  TERM_CPULIMIT: 'walltime',
  TERM_OWNER: 'cancelled',
  TERM_ADMIN: 'cancelled',
  TERM_FORCE_OWNER: 'cancelled',
  TERM_FORCE_ADMIN: 'cancelled',
  TERM_REQUEUE_OWNER: 'cancelled',
  TERM_REQUEUE_ADMIN: 'cancelled',
  TERM_BUCKET_KILL: 'cancelled',
  TERM_MEMLIMIT: 'out-of-memory',
  TERM_SWAP: 'out-of-memory',
  TERM_PREEMPT: 'preempted',
  TERM_LOAD: 'preempted',
  TERM_RC: 'preempted',
  TERM_ZOMBIE: 'node-failed',
  TERM_REMOVE_HUNG_JOB: 'node-failed',
};

/** How a job in the state `EXIT` came to its end. */
export function endingOf(reason: string): BatchJobEnding {
  const keyword = /TERM_[A-Z_]+/.exec(reason)?.[0] ?? '';
  return Object.hasOwn(endings, keyword) ? (endings[keyword] ?? 'failed') : 'failed';
}
