import type { FailedPartsView } from '@galaxy-mesos/galaxy-jobs';
import type { AttemptState, TaskState } from '@galaxy-mesos/scheduler';

/** How many of a job's tasks are where. */
export interface TaskCounts {
  readonly total: number;
  readonly waiting: number;
  readonly active: number;
  readonly finished: number;
  readonly failed: number;
}

/** Everything that is known of why a task failed. */
export interface TaskFailure {
  /** What people call the task, such as `part 17`. */
  readonly task: string;
  readonly attempts: number;
  readonly state?: AttemptState;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly hostname?: string;
  /** Where stdout, stderr and the files of the last attempt are. */
  readonly sandbox?: string;
  /** The end of the last attempt's stderr. */
  readonly stderr: string;
}

/** A result that was moved into place. */
export interface JobResult {
  readonly output: string;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** How a job ended. */
export type JobOutcome =
  | {
      readonly state: 'ok';
      readonly results: readonly JobResult[];
      /** If there are any. */
      readonly failedParts?: FailedPartsView;
      readonly counts: TaskCounts;
    }
  | { readonly state: 'error'; readonly failures: readonly TaskFailure[]; readonly counts: TaskCounts }
  | { readonly state: 'interrupted'; readonly counts: TaskCounts };

/** What a job tells whoever watches it, in order. */
export type JobEvent =
  /** The input is being read, to find where it can be cut. In bytes. */
  | { readonly type: 'planning'; readonly read: number; readonly size: number }
  /** `resumed` tasks were done before. */
  | { readonly type: 'planned'; readonly tasks: number; readonly resumed: number; readonly records: number }
  | { readonly type: 'subscribed'; readonly frameworkId: string }
  /** A task came into a state; a task that waits again after an attempt will be tried again. */
  | {
      readonly type: 'task';
      readonly task: string;
      readonly state: TaskState;
      readonly attempt?: number;
      readonly exitCode?: number;
      readonly hostname?: string;
      readonly agentId?: string;
      readonly counts: TaskCounts;
    }
  | { readonly type: 'merging'; readonly output: string; readonly parts: number }
  /** Something that does not end the job, but that a person should know. */
  | { readonly type: 'warning'; readonly message: string };
