import type { TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { PartOfTask } from './failure-report.ts';
import type { JobResult } from './job-event.ts';

/** Whoever runs the tasks of one job: a scheduler of its own, or one that many jobs share. */
export interface JobTasks {
  /** Resolves when the tasks are durable. */
  submit(specs: readonly TaskSpec[]): Promise<void>;
  /** Lets tasks that failed be tried again; resolves when that is durable. */
  retry(taskIds: readonly TaskId[]): Promise<void>;
  /** Starts nothing more of the job; what runs may end. */
  halt(): void;
  /** Starts nothing more of the job, and ends what runs: it is of no use. */
  cancel(): void;
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

/** What is to be done next of a job. */
export interface Following {
  readonly tasks: readonly TaskSpec[];
  /** What this process does beside them. */
  readonly works: readonly (() => Promise<void>)[];
}

/** See {@link Following}. */
export const nothingFollows: Following = { tasks: [], works: [] };

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
  /**
   * What can be done once all is planned, without what is there or was told already. It is asked again whenever tasks
   * have ended or a work is done; `ended` are the tasks that have since it was asked before.
   */
  following(ended: readonly TaskId[]): Promise<Following>;
  /** If the job goes on without the task where that fails for good: which part it is. */
  dispensable(taskId: TaskId): PartOfTask | undefined;
  /** Moves the results into place; may be done again. */
  deliver(): Promise<Delivery>;
}
