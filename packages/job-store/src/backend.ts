import type { Writes } from './writes.ts';

/** That this process, and no other, may write. */
export interface Leadership {
  readonly term: number;
  /** See `JobStore.lost`. */
  readonly lost: AbortSignal;
}

/** A row as the array of its columns, of which nothing is known yet. */
export type Row = readonly unknown[];

/** Writes rows of all tables. */
export interface Writer {
  /** Writes one after the other, and all or nothing. */
  write(writes: readonly Writes[]): Promise<void>;
}

/** Tasks and their attempts. */
export interface TaskTable {
  /** State and document of each, in the order in which they were added. */
  tasks(): Promise<readonly Row[]>;
  /** The document of each, in any order. */
  attempts(): Promise<readonly Row[]>;
  hasProgress(): Promise<boolean>;
}

/** Jobs and what became of them. */
export interface JobTable {
  /** State, document, outcome, and the times of creation and of the last change of each, oldest first. */
  jobs(): Promise<readonly Row[]>;
}

/** What happened, by number. */
export interface EventTable {
  /** The highest number there is; 0 if there is none. */
  last(): Promise<number>;
  /** Number, job, time and document of so many at most, from the first one after a number on. */
  after(sequence: number, limit: number): Promise<readonly Row[]>;
  /** Removes all with numbers up to this one. */
  prune(sequence: number): Promise<void>;
}

/** What doors remember. */
export interface RecordTable {
  /** Key and value of each of a kind, in the order in which they were first put. */
  records(kind: string): Promise<readonly Row[]>;
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
  readonly writer: Writer;
  readonly tasks: TaskTable;
  readonly jobs: JobTable;
  readonly events: EventTable;
  readonly records: RecordTable;
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
