import type {
  Clock,
  ClusterDriver,
  PlacementPolicy,
  SchedulerNotice,
  SchedulerOptions,
  SchedulingPolicy,
} from '@galaxy-mesos/scheduler';
import type { DemandDesk } from '../demand/demand-reports.ts';
import type { AttemptsOwner } from './attempts-owner.ts';
import type { DirectoryJobs } from './directory-recipe.ts';
import type { JobRunnerOptions } from './options.ts';
import type { RunnerStore } from './runner-store.ts';

/** What a `JobRunner` is made of. */
export interface JobRunnerParts {
  readonly driver: ClusterDriver;
  /** `JobStore` of the package job-store is one. */
  readonly store: RunnerStore;
  /** Names the cluster in the store: a framework id is valid only there. */
  readonly cluster: string;
  /** Absolute; every job has a directory of its own below it. Agents see it, unless all files travel by HTTP. */
  readonly directory: string;
  /** How jobs that have a directory are run; see `directoryJobs`. */
  readonly directories: DirectoryJobs;
  /** Of this from the id of a job its secret is made; the same over restarts. */
  readonly secretKey: string | Uint8Array;
  readonly options?: Partial<JobRunnerOptions>;
  readonly schedulerOptions?: Partial<SchedulerOptions>;
  readonly policy?: Partial<SchedulingPolicy>;
  readonly placements?: readonly PlacementPolicy[];
  /** Told what waits, where somebody brings agents up for it. */
  readonly demand?: DemandDesk;
  /** The role whose offers are taken. Default: any of which there are offers. */
  readonly role?: string;
  /** The user of the operating system as whom tasks run. Default: whom the driver takes. */
  readonly runAs?: string;
  /**
   * Whom the directory of a job's attempts is given to, where tasks do not run as the user of this process. What they
   * made is only delivered if it is theirs: a link may lead to what they could not read.
   */
  readonly attemptsOwner?: AttemptsOwner;
  /**
   * File URLs or absolute paths of contributors' modules, which bring strategies and merges; see `loadCatalog` of the
   * package parallelism. Only programs beside this process load them.
   */
  readonly strategyModules?: readonly string[];
  readonly clock?: Clock;
  /** Another one for each job of the same id; letters and digits. Default: of the time. */
  readonly generation?: () => string;
  /** Told of every notice of the scheduler, before the runner looks at it. */
  readonly onNotice?: (notice: SchedulerNotice) => void;
  /** Told in one sentence what an administrator should know, and of which job, if it is about one. */
  readonly onWarning?: (message: string, jobId?: string) => void;
  /** The store or the cluster is lost, and the runner has stopped: another one may go on. Called once. */
  readonly onFatal?: (error: Error) => void;
  /** A job is removed, and with it should go what else is kept of these attempts, such as their sandboxes. */
  readonly onRemoval?: (attemptIds: readonly string[]) => Promise<void>;
}
