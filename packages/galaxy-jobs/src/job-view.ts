import type { Container, JobResources, JobState } from './job.ts';

// What whoever runs jobs shows of them. All times are milliseconds since 1970.

/** How many tasks of a job are in which state. */
export interface TaskCounts {
  readonly total: number;
  readonly waiting: number;
  readonly active: number;
  readonly finished: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** A part that failed for good. */
export interface FailedPartView {
  /** Counted from 0. */
  readonly index: number;
  /** What it is of, such as `chr1:1-1000000`, where the strategy says that. */
  readonly label?: string;
  /** Why, in one sentence. */
  readonly message: string;
}

/** The parts that are left out of the results of a job. */
export interface FailedPartsView {
  /** How many there are. */
  readonly total: number;
  /** The first hundred that were known. */
  readonly parts: readonly FailedPartView[];
}

/** A job as it stands. */
export interface JobView {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** The name of the token with which it was submitted. */
  readonly owner?: string;
  /** Whose share of the cluster it counts for. */
  readonly user?: string;
  readonly queue?: string;
  readonly priority: number;
  readonly resources: JobResources;
  readonly container?: Container;
  readonly createdAt: number;
  /** When the first of its tasks began to run. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly tasks: TaskCounts;
  /** Of a job that is one task: what its command ended with. */
  readonly exitCode?: number;
  /** Why it is in error, or why it waits. */
  readonly message?: string;
  /** Of a job that is `ok`: what is left out of its results, because it failed. */
  readonly failedParts?: FailedPartsView;
}

/** Which jobs are asked for; all that is given must hold. */
export interface JobQuery {
  readonly owner?: string;
  readonly user?: string;
  readonly states?: readonly JobState[];
  /** Which come first; default: the oldest. */
  readonly order?: 'oldest' | 'youngest';
  /** Only jobs that come after this one in that order. */
  readonly after?: string;
  readonly limit?: number;
}

/** A job whose files travel by HTTP. */
export interface StagedJob {
  /** The job directory, whose files an attempt may read. */
  readonly directory: string;
  /** Holds a directory for each attempt, named by its id, and in that the tree, named as the job directory is. */
  readonly attempts: string;
  /** The file with the job script, which an attempt runs in its tree. */
  readonly script: string;
  /** Opens the files of this job and of nothing else. */
  readonly secret: string;
  /** Whether an attempt of this id may still read and write. */
  isOpen(attemptId: string): boolean;
  /** What an attempt has instead of the job's inputs if it does a part of the job. */
  part?(attemptId: string): Promise<StagedPart | undefined>;
}

/** The slices of a part of a job. */
export interface StagedPart {
  /** Holds them, by the names that the inputs have in the job directory. */
  readonly directory: string;
  /** Of the inputs of which it has a slice, or that it must not see. */
  readonly names: ReadonlySet<string>;
}

/** One try at a task. */
export interface AttemptView {
  /** Also the id of its task in Mesos. */
  readonly id: string;
  readonly number: number;
  /** Mesos's name of the state, such as `TASK_RUNNING`. */
  readonly state: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly launchedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Where its files are, for people. */
  readonly sandbox?: string;
  readonly exitCode?: number;
  readonly message?: string;
  /** Mesos's `TaskStatus.Reason`, such as `REASON_CONTAINER_LIMITATION_MEMORY`. */
  readonly reason?: string;
}

/** A task of a job, and what was tried. */
export interface TaskView {
  readonly id: string;
  readonly jobId: string;
  readonly name: string;
  readonly state: 'waiting' | 'active' | 'finished' | 'failed' | 'cancelled';
  readonly attempts: readonly AttemptView[];
}

/** An agent of the cluster, as far as it is known. */
export interface AgentView {
  readonly id: string;
  readonly hostname: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** In cores and MiB; absent where the cluster does not tell. */
  readonly total?: JobResources;
  /** What the tasks of this service use there now. */
  readonly used: JobResources;
  readonly tasks: number;
  /** Why nothing is put there for now. */
  readonly avoided?: string;
}

/** Tasks of one kind that wait, and why. */
export interface WaitingView {
  readonly tasks: number;
  /** Jobs whose tasks these are, the oldest first, not more than a hundred. */
  readonly jobs: readonly string[];
  readonly resources: JobResources;
  /** In one sentence, for people. */
  readonly reason: string;
  /** No agent that is known could ever run them. */
  readonly impossible: boolean;
}

/** Something happened, and is durable; `sequence` grows by one with each event of a store. */
export type JobEvent = {
  readonly sequence: number;
  readonly time: number;
  readonly jobId: string;
  /** The job's owner, of which nothing else tells once it is removed. */
  readonly owner?: string;
} & (
  | { readonly type: 'job'; readonly job: JobView }
  | { readonly type: 'task'; readonly task: Omit<TaskView, 'attempts'> }
  | { readonly type: 'attempt'; readonly taskId: string; readonly attempt: AttemptView }
  /** The results of the parts are being joined to an output. */
  | { readonly type: 'merging'; readonly output: string; readonly parts: number }
  /** Nothing is known of the job any more. */
  | { readonly type: 'removed' }
);

/** Whether nothing more happens to a job in this state by itself. */
export const isEnded = (state: JobState): boolean =>
  state === 'ok' || state === 'error' || state === 'deleted';

/**
 * `UNKNOWN_JOB`: there is no such job. `DUPLICATE_JOB`: there is one of this id. `WRONG_STATE`: the job is not in a
 * state in which this can be done. `REFUSED`: the job can never be run as it is described. `UNAVAILABLE`: not now;
 * the same call may succeed later.
 */
export type JobServiceErrorCode = 'UNKNOWN_JOB' | 'DUPLICATE_JOB' | 'WRONG_STATE' | 'REFUSED' | 'UNAVAILABLE';

/** What whoever runs jobs throws when it cannot do what was asked. */
export class JobServiceError extends Error {
  override readonly name = 'JobServiceError';
  readonly code: JobServiceErrorCode;
  readonly jobId: string;

  constructor(code: JobServiceErrorCode, jobId: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.jobId = jobId;
  }
}
