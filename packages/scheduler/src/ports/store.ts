import type { Attempt, TaskRecord, TaskSpec, TaskState } from '../model/task.ts';

/** A change that must be durable before its effects are seen outside. */
export type TaskChange =
  /** The framework as which the driver is subscribed; written before anything is launched for it. */
  | { readonly type: 'registered'; readonly frameworkId: string }
  | { readonly type: 'added'; readonly spec: TaskSpec }
  /** A new attempt, written before it is launched. The task is `active` from here on. */
  | { readonly type: 'attempted'; readonly attempt: Attempt }
  /** The attempt as it is now; written before the update that changed it is acknowledged. */
  | { readonly type: 'updated'; readonly attempt: Attempt }
  | { readonly type: 'moved'; readonly taskId: string; readonly state: TaskState }
  /** Nothing is to be known of the task any more, nor of its attempts. */
  | { readonly type: 'removed'; readonly taskId: string };

/** What a store throws that could not write for now: nothing was written, and the same commit may succeed later. */
export interface TemporaryStoreError extends Error {
  readonly isTemporary: true;
}

/** Whether an error is a {@link TemporaryStoreError}. */
export const isTemporary = (error: unknown): error is TemporaryStoreError =>
  error instanceof Error && 'isTemporary' in error && error.isTemporary === true;

/**
 * The port through which tasks are made durable. {@link commit} is all or nothing: after a crash either
 * every change of a call is there or none.
 */
export interface TaskStore {
  commit(changes: readonly TaskChange[]): Promise<void>;
  /** All tasks in the order in which they were added. */
  load(): Promise<readonly TaskRecord[]>;
}
