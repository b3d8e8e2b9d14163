import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskStore } from '@galaxy-mesos/scheduler';
import type { JobOutcome } from './schemas.ts';

/** A job and what became of it so far. Times are milliseconds since 1970, and 0 where a version did not keep them. */
export interface StoredJob {
  readonly job: Job;
  readonly state: JobState;
  /** Empty until one is set. */
  readonly outcome: JobOutcome;
  readonly createdAt: number;
  /** When its state or outcome was last set. */
  readonly updatedAt: number;
}

/** Something that happened to a job. */
export interface NewEvent {
  readonly jobId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Anything that JSON can say. */
  readonly document: unknown;
}

/** An event as it is kept: each has a number that is one higher than that of the one before. */
export interface StoredEvent extends NewEvent {
  readonly sequence: number;
}

/** What a door must remember over a restart, by keys of its own. */
export interface RecordStore {
  /** All records, in the order in which they were first put. */
  load(): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
  /** `value` is anything that JSON can say. */
  put(key: string, value: unknown): Promise<void>;
  /** Does nothing if there is no such record. */
  delete(key: string): Promise<void>;
}

/**
 * Jobs, their tasks and attempts, events, and what doors remember. Only one process has a store open at a time, and leads by that; a change is durable
 * when the promise of the call that made it resolves. All methods throw `StoreError`, and then nothing was changed;
 * after `DEPOSED` only opening the store again tells what was. Changes of tasks, jobs, events and records that are asked
 * for in one turn of the event loop, or while others are being written, are written together.
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
   * valid only there.
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
  /** Sets the state, and the outcome if one is given; fails if there is no such job. */
  setJobState(jobId: string, state: JobState, outcome?: JobOutcome): Promise<void>;
  /** Removes a job, and tasks with their attempts; does nothing for those that are not there. */
  removeJob(jobId: string, taskIds: readonly string[]): Promise<void>;
  /** All jobs, oldest first. */
  jobs(): Promise<readonly StoredJob[]>;
  /** Keeps events; answers their numbers, which are never used again. */
  appendEvents(events: readonly NewEvent[]): Promise<readonly number[]>;
  /** Events with higher numbers than `sequence`, in order, and so many at most, as far as they are kept. */
  eventsAfter(sequence: number, limit: number): Promise<readonly StoredEvent[]>;
  /** The number of the last event there was; 0 if there was none. */
  lastEvent(): Promise<number>;
  /** Forgets all events but the last ones, so many and at least one. */
  pruneEvents(keep: number): Promise<void>;
  /** What is kept under the name `kind`. */
  records(kind: string): RecordStore;
  /** Whether any task is done, or may be running still. */
  hasProgress(): Promise<boolean>;
  /** Writes what was committed, then lets others open the store. Nothing can be read or written any more. */
  close(): Promise<void>;
}
