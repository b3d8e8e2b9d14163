import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskChange, TaskState } from '@galaxy-mesos/scheduler';

/** A task as a row. */
export interface NewTask {
  readonly id: string;
  state: TaskState;
  readonly document: string;
}

/** An attempt as a row. */
export interface NewAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly number: number;
  readonly cluster: string;
  document: string;
}

/** A job as a row; times are milliseconds since 1970. */
export interface NewJob {
  readonly id: string;
  readonly document: string;
  readonly time: number;
}

/** What became of a job that is there. */
export interface JobMove {
  readonly state: JobState;
  /** Absent: it stays what it is. */
  readonly outcome?: string;
  readonly time: number;
}

/** An event as a row. */
export interface EventRow {
  readonly jobId: string;
  readonly time: number;
  readonly document: string;
  /** Given to it when it is written; 0 before. */
  sequence: number;
}

/** Names a record of a door. */
export interface RecordKey {
  readonly kind: string;
  readonly key: string;
}

/** A record as a row. */
export interface RecordRow extends RecordKey {
  readonly value: string;
}

/** What a commit comes to: each row is named once, whatever happened to it on the way. Written in this order. */
export interface Writes {
  readonly jobs: readonly NewJob[];
  /** Of jobs that are there by now. */
  readonly jobMoves: ReadonlyMap<string, JobMove>;
  readonly tasks: readonly NewTask[];
  /** Of tasks that are there already. */
  readonly states: ReadonlyMap<string, TaskState>;
  readonly attempts: readonly NewAttempt[];
  /** Documents of attempts that are there already. */
  readonly updates: ReadonlyMap<string, string>;
  /** With all attempts at them; some may not be there. */
  readonly removedTasks: ReadonlySet<string>;
  /** Some may not be there. */
  readonly removedJobs: ReadonlySet<string>;
  readonly events: readonly EventRow[];
  readonly records: readonly RecordRow[];
  /** Some may not be there. */
  readonly removedRecords: readonly RecordKey[];
  /** Framework ids by cluster. */
  readonly frameworks: ReadonlyMap<string, string>;
}

/** A change that can be written together with any others. */
export type StoreChange =
  | { readonly type: 'task'; readonly cluster: string; readonly change: TaskChange }
  | { readonly type: 'job-added'; readonly job: NewJob }
  | { readonly type: 'job-moved'; readonly id: string; readonly move: JobMove }
  | { readonly type: 'job-removed'; readonly id: string; readonly taskIds: readonly string[] }
  | { readonly type: 'event'; readonly event: EventRow }
  | { readonly type: 'record-put'; readonly record: RecordRow }
  | { readonly type: 'record-deleted'; readonly record: RecordKey };
