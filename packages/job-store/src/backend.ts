import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { Writes } from './writes.ts';

/** That this process, and no other, may write. */
export interface Leadership {
  readonly term: number;
  /** See `JobStore.lost`. */
  readonly lost: AbortSignal;
}

/** A row as the array of its columns, of which nothing is known yet. */
export type Row = readonly unknown[];

/** Tasks, their attempts, and what they are registered as. */
export interface TaskTable {
  write(writes: Writes): Promise<void>;
  /** State and document of each, in the order in which they were added. */
  tasks(): Promise<readonly Row[]>;
  /** The document of each, in any order. */
  attempts(): Promise<readonly Row[]>;
  hasProgress(): Promise<boolean>;
}

/** Jobs and their states. */
export interface JobTable {
  addJob(id: string, document: string): Promise<void>;
  setJobState(id: string, state: JobState): Promise<void>;
  /** State and document of each, oldest first. */
  jobs(): Promise<readonly Row[]>;
}

/** The framework of each cluster. */
export interface FrameworkTable {
  framework(cluster: string): Promise<string | undefined>;
  forgetFramework(cluster: string): Promise<void>;
  strandedTasks(cluster: string): Promise<number>;
}

/**
 * What SQLite and PostgreSQL each bring: rows of text that they need not understand. Every write is all or nothing,
 * and calls come one at a time.
 */
export interface Backend {
  readonly location: string;
  readonly leadership: Leadership;
  readonly tasks: TaskTable;
  readonly jobs: JobTable;
  readonly frameworks: FrameworkTable;
  /** Lets others lead at once. */
  close(): Promise<void>;
}

/** Opens a store that another process may have. */
export interface Opener {
  /** @throws StoreError `LOCKED`, `UNREACHABLE` or `DEPOSED` if it may be called again later. */
  open(): Promise<Backend>;
  /** No more calls will come, and none has succeeded. */
  giveUp(): Promise<void>;
}
