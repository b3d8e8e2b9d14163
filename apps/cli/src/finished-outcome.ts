import { statSync } from 'node:fs';
import type { JobOutcome, JobResult } from '@galaxy-mesos/job-runner';
import type { JobWork } from './job-work.ts';

/** The outcome of a job that had come to its end in an earlier run; `undefined` if a result is not there any more. */
export async function finishedOutcome({ job, store }: JobWork): Promise<JobOutcome | undefined> {
  const results: JobResult[] = [];
  for (const { name, destination } of job.outputs) {
    const size = statSync(destination, { throwIfNoEntry: false })?.size;
    if (size === undefined) return undefined;
    results.push({ output: name, path: destination, size });
  }
  // Which cluster they ran on does not matter for reading them.
  const total = (await store.taskStore('').load()).length;
  return { state: 'ok', results, counts: { total, waiting: 0, active: 0, finished: total, failed: 0 } };
}
