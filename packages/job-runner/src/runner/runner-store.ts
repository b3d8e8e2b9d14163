import type { FailedPartsView, Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskStore } from '@galaxy-mesos/scheduler';

/** What became of a job, as it is kept. Times are milliseconds since 1970. */
export type KeptOutcome = {
  /** When the first of its tasks began to run. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly exitCode?: number;
  readonly message?: string;
  /** Of a job that is `ok`: the parts that are left out of its results. */
  readonly failedParts?: FailedPartsView;
};

/** A job as it is kept. */
export interface KeptJob {
  readonly job: Job;
  readonly state: JobState;
  readonly outcome: KeptOutcome;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** An event that is to be kept; `document` is anything that JSON can say. */
export interface KeptEvent {
  readonly jobId: string;
  readonly time: number;
  readonly document: unknown;
}

/**
 * The port through which jobs are made durable. What is asked for in one turn of the event loop is written together,
 * or not at all; calls take effect, and resolve, in the order in which they are made.
 */
export interface RunnerStore {
  /** Fires when another process may have the store. */
  readonly lost: AbortSignal;
  taskStore(cluster: string): TaskStore;
  /** All jobs, oldest first. */
  jobs(): Promise<readonly KeptJob[]>;
  /** Adds a job, as `new`. */
  addJob(job: Job): Promise<void>;
  setJobState(jobId: string, state: JobState, outcome: KeptOutcome): Promise<void>;
  /** Removes a job, and these tasks of it. */
  removeJob(jobId: string, taskIds: readonly string[]): Promise<void>;
  /** Keeps events; answers their numbers, each higher by one than that of the one before. */
  appendEvents(events: readonly KeptEvent[]): Promise<readonly number[]>;
  /** Events with higher numbers than `sequence`, as far as they are kept. */
  eventsAfter(
    sequence: number,
    limit: number,
  ): Promise<readonly (KeptEvent & { readonly sequence: number })[]>;
  /** Forgets all events but the last ones. */
  pruneEvents(keep: number): Promise<void>;
}
