import { MesosDriver, type MesosDriverOptions } from '@galaxy-mesos/drivers';
import { type JobStore, type OpenOptions, openJobStore } from '@galaxy-mesos/job-store';
import {
  type ClusterDriver,
  Scheduler,
  type SchedulerNotice,
  type SchedulerOptions,
  type TaskRecord,
  type TaskStore,
} from '@galaxy-mesos/scheduler';

/** What a {@link Runtime} is made of. */
export interface RuntimeParts {
  /** `http://HOST:PORT`, or several with commas between. */
  readonly master: string;
  /** Where the store is, or one that is open and stays so. */
  readonly store: string | JobStore;
  readonly openOptions?: OpenOptions;
  readonly options?: Partial<SchedulerOptions>;
  readonly driverOptions?: Partial<MesosDriverOptions>;
  /** What stands between the scheduler and its driver and store; see `taps.ts`. */
  readonly tapDriver?: (driver: ClusterDriver) => ClusterDriver;
  readonly tapStore?: (store: TaskStore) => TaskStore;
  readonly listener?: (notice: SchedulerNotice) => void;
}

/** The store keeps framework ids by cluster; the tests of one store all mean the same. */
const clusterName = 'real';

/** Short times, for tests that do not want to wait. */
const quick: Partial<SchedulerOptions> = { retryDelay: 0.1, callRepeat: 0.5, killGrace: 0.5, killRepeat: 2 };

/** A scheduler on a real master, as a program puts it together. The only place that knows how that is done. */
export class Runtime {
  readonly scheduler: Scheduler;
  readonly driver: MesosDriver;
  readonly notices: SchedulerNotice[] = [];
  readonly #jobs: JobStore;
  readonly #tasks: TaskStore;
  readonly #ownsStore: boolean;

  private constructor(parts: RuntimeParts, jobs: JobStore, frameworkId: string | undefined) {
    const { tapDriver = (driver) => driver, tapStore = (tasks) => tasks, listener } = parts;
    this.#ownsStore = typeof parts.store === 'string';
    this.#jobs = jobs;
    this.#tasks = jobs.taskStore(clusterName);
    this.driver = new MesosDriver({
      master: parts.master,
      frameworkName: 'scheduler-test',
      ...(frameworkId !== undefined && { frameworkId }),
      ...parts.driverOptions,
    });
    this.scheduler = new Scheduler({
      driver: tapDriver(this.driver),
      store: tapStore(this.#tasks),
      options: { ...quick, ...parts.options },
      signal: jobs.lost,
      listener: (notice) => {
        this.notices.push(notice);
        listener?.(notice);
      },
    });
  }

  /** Opens the store, and makes a scheduler that is yet to be started. */
  static async open(parts: RuntimeParts): Promise<Runtime> {
    const { store, openOptions } = parts;
    const jobs = typeof store === 'string' ? await openJobStore(store, openOptions) : store;
    return new Runtime(parts, jobs, await jobs.frameworkId(clusterName));
  }

  /** The one in the store. */
  frameworkId(): Promise<string | undefined> {
    return this.#jobs.frameworkId(clusterName);
  }

  /** What the store holds. */
  records(): Promise<readonly TaskRecord[]> {
    return this.#tasks.load();
  }

  async close(how: 'teardown' | 'disconnect' = 'disconnect'): Promise<void> {
    try {
      await this.scheduler.close(how);
    } finally {
      if (this.#ownsStore) await this.#jobs.close();
    }
  }
}

/** What a store holds that nobody has open. */
export async function recordsIn(location: string): Promise<readonly TaskRecord[]> {
  const jobs = await openJobStore(location);
  try {
    return await jobs.taskStore(clusterName).load();
  } finally {
    await jobs.close();
  }
}
