import { Scheduler, type SchedulerNotice, type TaskChange } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { SimulatedDriver } from '../src/simulation/driver/simulated-driver.ts';
import type { Stage } from '../src/simulation/faults/stage.ts';
import { Random } from '../src/simulation/random.ts';
import type { SimulatedCluster } from '../src/simulation/simulated-cluster.ts';
import { VirtualClock } from '../src/simulation/time/virtual-clock.ts';

/** Passes on to a store as long as its scheduler lives. */
class LiveStore extends MemoryTaskStore {
  readonly #store: MemoryTaskStore;
  readonly #state: { isDead: boolean; isFailing: boolean };

  constructor(store: MemoryTaskStore, state: { isDead: boolean; isFailing: boolean }) {
    super();
    this.#store = store;
    this.#state = state;
  }

  override async commit(changes: readonly TaskChange[]): Promise<void> {
    // The process is gone: nobody waits for this any more.
    if (this.#state.isDead) return new Promise(() => {});
    if (this.#state.isFailing) throw new Error('no space left on device');
    return this.#store.commit(changes);
  }

  override load() {
    return this.#store.load();
  }
}

/** A scheduler that fault scenarios can kill, start again and rival. */
export class SimulatedStage implements Stage {
  readonly cluster: SimulatedCluster;
  readonly random = new Random(11);
  readonly store = new MemoryTaskStore();
  readonly notices: SchedulerNotice[] = [];
  /** Starts that were refused. */
  readonly failures: unknown[] = [];
  #state = { isDead: false, isFailing: false };
  #driver: SimulatedDriver;
  #clock: VirtualClock;
  scheduler: Scheduler;

  constructor(cluster: SimulatedCluster) {
    this.cluster = cluster;
    ({ driver: this.#driver, clock: this.#clock, scheduler: this.scheduler } = this.#make(undefined));
    this.#start();
  }

  driver = () => this.#driver;
  clock = () => this.#clock;

  killScheduler = (): void => {
    this.#state.isDead = true;
    this.#driver.crash();
    this.#clock.freeze();
  };

  startScheduler: Stage['startScheduler'] = ({ withoutFrameworkId = false } = {}) => {
    const id = withoutFrameworkId ? undefined : this.store.frameworkId;
    ({ driver: this.#driver, clock: this.#clock, scheduler: this.scheduler } = this.#make(id));
    this.#start();
  };

  startRival = (): void => this.startScheduler();

  failStore = (isFailing: boolean): void => {
    this.#state.isFailing = isFailing;
  };

  #make(frameworkId: string | undefined) {
    this.#state = { isDead: false, isFailing: false };
    const { cluster } = this;
    const framework = frameworkId === undefined ? {} : { framework: { id: frameworkId } };
    const driver = new SimulatedDriver({ cluster, ...framework });
    const clock = new VirtualClock(cluster.time);
    const listener = (notice: SchedulerNotice) => void this.notices.push(notice);
    const store = new LiveStore(this.store, this.#state);
    return { driver, clock, scheduler: new Scheduler({ driver, store, clock, listener }) };
  }

  #start(): void {
    this.scheduler.start().catch((error: unknown) => this.failures.push(error));
  }
}
