import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { JobOutcome, JobResult } from '@galaxy-mesos/job-runner';
import type { JobWork } from './job-work.ts';

/** The outcome of a job that had come to its end in an earlier run; `undefined` if a result is not there any more. */
export async function finishedOutcome({ job, store }: JobWork): Promise<JobOutcome | undefined> {
  const results: JobResult[] = [];
  for (const { name, destination } of job.outputs) {
    const found = statSync(destination, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    results.push({
      output: name,
      path: destination,
      size: found.isDirectory() ? sizeWithin(destination) : found.size,
    });
  }
  // Which cluster they ran on does not matter for reading them.
  const total = (await store.taskStore('').load()).length;
  const stored = (await store.jobs()).find((one) => one.job.id === job.id);
  const { failedParts } = stored?.outcome ?? {};
  const failed = failedParts?.total ?? 0;
  return {
    state: 'ok',
    results,
    ...(failedParts && { failedParts }),
    counts: { total, waiting: 0, active: 0, finished: total - failed, failed },
  };
}

/** Of the files of a collection. */
const sizeWithin = (directory: string): number =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(path.join(directory, name)).size, 0);
