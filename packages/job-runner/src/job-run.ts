import type { FailedPartsView, Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, SchedulerOptions, TaskStore } from '@galaxy-mesos/scheduler';
import type { DemandDesk } from './demand/demand-reports.ts';
import type { JobEvent } from './job-event.ts';

/** The port through which the state of a job is made durable. */
export interface JobStates {
  /** `outcome`: what else is to be known of it later. */
  setJobState(
    jobId: string,
    state: JobState,
    outcome?: { readonly failedParts?: FailedPartsView },
  ): Promise<void>;
}

/** What `runJob` needs. */
export interface JobRun {
  readonly job: Job;
  /** Absolute path of a directory of this job alone, that every agent sees under the same name. */
  readonly directory: string;
  readonly driver: ClusterDriver;
  /** Of this job alone: all that is in it is run, on the terms of this job. */
  readonly tasks: TaskStore;
  readonly states: JobStates;
  readonly listener: (event: JobEvent) => void;
  /**
   * Ends the job: what runs is killed, and what is done is kept for the next run. Before the cluster is reached
   * there is nobody to ask, and what an earlier run left running is left to the next.
   */
  readonly signal: AbortSignal;
  /** Leaves each task's part of the input beside its output. */
  readonly keepParts: boolean;
  /** Called once the framework has ended, and with it all that it ran: there is nothing to go on with any more. */
  readonly onTornDown?: () => void | Promise<void>;
  /** See `JobRunnerParts`. */
  readonly strategyModules?: readonly string[];
  readonly schedulerOptions?: Partial<SchedulerOptions>;
  /** Told what waits, where somebody brings agents up for it. */
  readonly demand?: DemandDesk;
}
