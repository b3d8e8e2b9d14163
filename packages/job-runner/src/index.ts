/**
 * Runs a job: plan, tasks, merge, outcome. `runJob` runs one, `JobRunner` many over one scheduler.
 *
 * @example
 * ```ts
 * const outcome = await runJob({ job, directory, driver, tasks, states, listener, signal, keepParts: false });
 * if (outcome.state === 'ok') console.log(outcome.results);
 * ```
 *
 * @module
 */
export type { DemandClass } from './demand/demand-classes.ts';
export type { DemandDesk } from './demand/demand-reports.ts';
export type { DirectoryStaging } from './directory-jobs/index.ts';
export { JobError, type JobErrorCode } from './job-error.ts';
export type { JobEvent, JobOutcome, JobResult, TaskCounts, TaskFailure } from './job-event.ts';
export type { JobRun, JobStates } from './job-run.ts';
export { checkModules, type NamedModules, nameOfModule } from './planning/check-modules.ts';
export { runJob } from './run-job.ts';
export { directoryJobs } from './runner/directory-functions.ts';
export type { DirectoryJobs } from './runner/directory-recipe.ts';
export type { LogQuery } from './runner/job-logs.ts';
export { JobRunner } from './runner/job-runner.ts';
export type { JobRunnerParts } from './runner/job-runner-parts.ts';
export type { JobRunnerOptions } from './runner/options.ts';
export type { KeptEvent, KeptJob, KeptOutcome, RunnerStore } from './runner/runner-store.ts';
export { Trash, type TrashParts } from './runner/trash.ts';
