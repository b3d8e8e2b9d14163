/**
 * Keeps jobs, tasks and attempts in SQLite, so that a job survives any crash.
 *
 * @example
 * ```ts
 * const store = new SqliteJobStore('/data/job.sqlite');
 * store.addJob(job);
 * const tasks = store.taskStore('local');
 * ```
 *
 * @module
 */
export { StoreError, type StoreErrorCode } from './errors.ts';
export { SqliteJobStore, type StoredJob } from './job-store.ts';
