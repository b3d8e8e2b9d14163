import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskStore } from '@galaxy-mesos/scheduler';

/** A job and what became of it so far. */
export interface StoredJob {
  readonly job: Job;
  readonly state: JobState;
}

/**
 * Jobs, their tasks and attempts. Only one process has a store open at a time, and leads by that; a change is durable
 * when the promise of the call that made it resolves. All methods throw `StoreError`, and then nothing was changed;
 * after `DEPOSED` only opening the store again tells what was.
 */
export interface JobStore {
  /** The file, or the address of the database without a password. */
  readonly location: string;
  /** How often the store has been opened: of two processes that believe to lead, the one with the higher term does. */
  readonly term: number;
  /**
   * Fires, with a `StoreError` `DEPOSED` as its reason, as soon as another process may have the store: all that was
   * being done on the strength of it must stop at once. Never fires with SQLite, nor because of {@link JobStore.close}.
   */
  readonly lost: AbortSignal;
  /**
   * The store that a scheduler needs. `cluster` names the cluster it runs on, such as the MESOS_URL: a framework id is
   * valid only there. Commits made in one turn of the event loop, or while another is under way, are written together.
   */
  taskStore(cluster: string): TaskStore;
  /** The framework as which tasks of this store were last launched on a cluster. */
  frameworkId(cluster: string): Promise<string | undefined>;
  /** Forgets a framework that has ended, and that tasks were running under it. */
  forgetFramework(cluster: string): Promise<void>;
  /**
   * How many tasks are active on a cluster although nobody knows the framework they run under any more: the id was
   * lost. A new framework would run them twice beside those that nobody can reach, so that it must not be started.
   */
  strandedTasks(cluster: string): Promise<number>;
  /** Adds a job, as `new`; fails if there is one of this id. */
  addJob(job: Job): Promise<void>;
  /** Fails if there is no such job. */
  setJobState(jobId: string, state: JobState): Promise<void>;
  /** All jobs, oldest first. */
  jobs(): Promise<readonly StoredJob[]>;
  /** Whether any task is done, or may be running still. */
  hasProgress(): Promise<boolean>;
  /** Writes what was committed, then lets others open the store. Nothing can be read or written any more. */
  close(): Promise<void>;
}
