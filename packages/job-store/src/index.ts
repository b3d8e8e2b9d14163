/**
 * Keeps jobs, tasks and attempts in SQLite or PostgreSQL, so that a job survives any crash.
 *
 * @example
 * ```ts
 * const store = await openJobStore('/data/job.sqlite');
 * await store.addJob(job);
 * const tasks = store.taskStore('local');
 * ```
 *
 * @module
 */
export { StoreError, type StoreErrorCode } from './errors.ts';
export type { JobStore, NewEvent, RecordStore, StoredEvent, StoredJob } from './job-store.ts';
export { type OpenOptions, openJobStore } from './open-job-store.ts';
export { type JobOutcome, jobOutcomeSchema } from './schemas.ts';
