import type {
  AgentView,
  Job,
  JobEvent,
  JobQuery,
  JobView,
  StagedJob,
  TaskView,
  WaitingView,
} from '@galaxy-mesos/galaxy-jobs';

/** A part of what an attempt has written. */
export interface LogPart {
  readonly bytes: Uint8Array;
  /** Of all that it has written. */
  readonly size: number;
}

/** The port through which doors reach whoever runs jobs. Its methods throw `JobServiceError`. */
export interface JobService {
  /** Takes a job; it is durable when this resolves, and runs as soon as there is room. */
  submit(job: Job, options?: { readonly paused?: boolean }): Promise<JobView>;
  job(jobId: string): JobView | undefined;
  /** The job as it was submitted. */
  described(jobId: string): Job | undefined;
  /** Oldest first, unless the query says otherwise. */
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
  /**
   * What an attempt at a task has written from a place on, as much as is told at once; nothing if that is all. What one
   * attempt has written does not change any more once another one has begun.
   */
  read(
    jobId: string,
    part: {
      readonly taskId: string;
      readonly attemptId: string;
      readonly stream: 'stdout' | 'stderr';
      readonly from: number;
      readonly maximumBytes: number;
    },
  ): Promise<LogPart>;
  /** Events as they happen, in order, each after it is durable; the answer ends that. The listener must not throw. */
  subscribe(listener: (event: JobEvent) => void): () => void;
  /** Events of the past, oldest first, as far as they are kept. */
  events(query: { readonly after: number; readonly limit: number }): Promise<readonly JobEvent[]>;
  agents(): readonly AgentView[];
  /** Whether agents are brought up for what waits: others than those that are there may hold it. */
  readonly bringsAgents: boolean;
  waiting(): readonly WaitingView[];
  /** Prometheus's text format. */
  metrics(): Promise<string>;
  /** Where a job that has a directory keeps what its attempts need and make; see `staging`. */
  staged(jobId: string): StagedJob | undefined;
}

/** What a door must remember over a restart, by keys of its own. */
export interface DoorRecords {
  /** All records, in the order in which they were first put. */
  load(): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
  /** Durable when it resolves; `value` is anything that JSON can say. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}
