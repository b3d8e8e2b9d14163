import type { BatchJobState } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** Of `allowed_job_duration` and `allowed_execute_duration`, which a site may add. */
const overtime = 'its walltime is over: `condor_rm` removes it';

/** What to do about a job that is held, by the code of its reason. */
const advices = new Map<number, string>([
  [1, '`condor_release` lets it go on, `condor_rm` removes it'],
  [3, 'an expression of its own holds it: look at the extra lines of the pool'],
  [6, 'bash cannot be started on that node: exclude it, or tell the site'],
  [7, 'the node cannot write the log: the cluster’s directory must be on a file system that the nodes share'],
  [8, 'the node cannot read a file: the cluster’s directory must be on a file system that the nodes share'],
  [
    12,
    'a file could not be brought back: the cluster’s directory must be on a file system that the nodes share',
  ],
  [
    13,
    'a file could not be brought there: the cluster’s directory must be on a file system that the nodes share',
  ],
  [14, 'the node does not see the cluster’s directory: it must be on a file system that the nodes share'],
  [15, 'it was submitted on hold: `condor_release` lets it go on'],
  [26, 'the site holds it: ask why'],
  [34, 'it used more memory than it asked for: ask for more'],
  [46, overtime],
  [47, overtime],
]);

/** A job that is held, with why and what to do. */
export function heldState(code: number | undefined, why: string | undefined): BatchJobState {
  const reason = oneLine(why ?? (code === undefined ? '' : `code ${code}`));
  const advice = (code === undefined ? undefined : advices.get(code)) ?? '`condor_release` lets it go on';
  return { kind: 'held', ...(reason === '' ? {} : { reason }), advice };
}
