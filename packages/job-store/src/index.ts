export { StoreError, type StoreErrorCode } from './errors.ts';
export { SqliteJobStore, type StoredJob } from './job-store.ts';
