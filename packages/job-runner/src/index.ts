export { JobError, type JobErrorCode } from './job-error.ts';
export type { JobEvent, JobOutcome, JobResult, TaskCounts, TaskFailure } from './job-event.ts';
export { type JobRun, type JobStates, runJob } from './run-job.ts';
