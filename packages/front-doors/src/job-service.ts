import type {
  AgentView,
  Job,
  JobEvent,
  JobState,
  JobView,
  TaskView,
  WaitingView,
} from '@galaxy-mesos/galaxy-jobs';

/** Which jobs are asked for; all that is given must hold. */
export interface JobQuery {
  readonly owner?: string;
  readonly user?: string;
  readonly states?: readonly JobState[];
  /** Only jobs younger than this one. */
  readonly after?: string;
  readonly limit?: number;
}

/** The port through which doors reach whoever runs jobs. Its methods throw `JobServiceError`. */
export interface JobService {
  /** Takes a job; it is durable when this resolves, and runs as soon as there is room. */
  submit(job: Job, options?: { readonly paused?: boolean }): Promise<JobView>;
  job(jobId: string): JobView | undefined;
  /** The job as it was submitted. */
  described(jobId: string): Job | undefined;
  /** Oldest first. */
  jobs(query?: JobQuery): readonly JobView[];
  tasks(jobId: string): readonly TaskView[];
  /** Ends a job that is not wanted any more; one that has ended stays as it is. Resolves when that is durable. */
  cancel(jobId: string): Promise<JobView>;
  /** Nothing of the job is started any more until {@link resume}; what runs goes on. */
  pause(jobId: string): Promise<JobView>;
  resume(jobId: string): Promise<JobView>;
  /** Takes up a job in `error`: what is done stays done. */
  retry(jobId: string): Promise<JobView>;
  /** Ends a job, waits until nothing of it runs, and forgets it with all files that were kept for it. */
  remove(jobId: string): Promise<void>;
  /** Resolves when the job has ended, and all its files are in place. */
  ended(jobId: string, signal?: AbortSignal): Promise<JobView>;
  /** The last bytes of what the latest attempt at a task (default: the first task) has written; `''` if nothing. */
  tail(
    jobId: string,
    log: { readonly taskId?: string; readonly stream: 'stdout' | 'stderr'; readonly maximumBytes: number },
  ): Promise<string>;
  /** Events as they happen, in order, each after it is durable; the answer ends that. The listener must not throw. */
  subscribe(listener: (event: JobEvent) => void): () => void;
  /** Events of the past, oldest first, as far as they are kept. */
  events(query: { readonly after: number; readonly limit: number }): Promise<readonly JobEvent[]>;
  agents(): readonly AgentView[];
  waiting(): readonly WaitingView[];
  /** Prometheus's text format. */
  metrics(): Promise<string>;
  /** Where a job that has a directory keeps what its attempts need and make; see `staging`. */
  staged(jobId: string): StagedJob | undefined;
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
}

/** What a door must remember over a restart, by keys of its own. */
export interface DoorRecords {
  /** All records, in the order in which they were first put. */
  load(): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
  /** Durable when it resolves; `value` is anything that JSON can say. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}
