/**
 * Runs a job: plan, tasks, merge, outcome.
 *
 * @example
 * ```ts
 * const outcome = await runJob({ job, directory, driver, tasks, states, listener, signal, keepParts: false });
 * if (outcome.state === 'ok') console.log(outcome.results);
 * ```
 *
 * @module
 */
export { JobError, type JobErrorCode } from './job-error.ts';
export type { JobEvent, JobOutcome, JobResult, TaskCounts, TaskFailure } from './job-event.ts';
export type { JobRun, JobStates } from './job-run.ts';
export { runJob } from './run-job.ts';
