import type { TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { JobResult } from './job-event.ts';

/** Whoever runs the tasks of one job: a scheduler of its own, or one that many jobs share. */
export interface JobTasks {
  /** Resolves when the tasks are durable. */
  submit(specs: readonly TaskSpec[]): Promise<void>;
  /** Lets tasks that failed be tried again; resolves when that is durable. */
  retry(taskIds: readonly TaskId[]): Promise<void>;
  /** Starts nothing more of the job; what runs may end. */
  halt(): void;
  /** Resolves when nothing of the job runs, and nothing will by itself. */
  settled(): Promise<void>;
}

/** What is known of a job once all of its tasks are. */
export interface JobPlan {
  /** How many records were found in the input that is split. */
  readonly records: number;
}

/** What a job came to. */
export interface Delivery {
  readonly results: readonly JobResult[];
  /** Of a job whose command's end is for others to judge. */
  readonly exitCode?: number;
}

/** What one kind of job does differently from another. */
export interface JobRecipe {
  /** Brings into being what its tasks need to find; may be done again. */
  prepare(): Promise<void>;
  /** Whether all tasks of the plan were submitted, by this process or an earlier one. */
  isPlanned(): boolean;
  /**
   * Hands over the tasks in order, as soon as they are known; the same again where that was cut short. An error counts
   * for the tasks before it, too: they are of no use.
   */
  plan(submit: (specs: readonly TaskSpec[]) => Promise<void>): Promise<JobPlan>;
  /** The ids of the tasks of the plan, as far as they are known. */
  planned(): readonly TaskId[];
  /** The tasks that follow when those of the plan are done, without those that are there already. */
  following(): readonly TaskSpec[];
  /** Moves the results into place; may be done again. */
  deliver(): Promise<Delivery>;
}
