import {
  type ClusterOptions,
  type FrameworkInfo,
  Random,
  SimulatedCluster,
  SimulatedDriver,
  untilDone,
  VirtualClock,
} from '@galaxy-mesos/mesos-testkit';
import {
  type AttemptUpdate,
  isTerminal,
  type Launch,
  Scheduler,
  type SchedulerNotice,
  type SchedulerParts,
  type TaskId,
  type TaskSpec,
} from '@galaxy-mesos/scheduler';
import { Life, Moments } from './moments.ts';
import { MortalDriver } from './mortal-driver.ts';
import { SharedStore } from './shared-store.ts';

// Longer than a message takes, and shorter than an answer: what was sent before the death still arrives.
const closesAfterMilliseconds = 1.5;

// A scheduler takes one turn to collect what happened, and then decides, writes and calls.
const usualQuietTurns = 3;

const aWeek = 7 * 86_400;

/** How to make a {@link World}. */
export interface WorldOptions extends ClusterOptions {
  readonly moments?: Moments;
  /** As what every scheduler subscribes. */
  readonly framework?: Partial<FrameworkInfo>;
  /** Of every scheduler. */
  readonly scheduler?: Pick<SchedulerParts, 'options' | 'policy' | 'placements'>;
  /** How many turns of the event loop a scheduler may think without doing anything; more where it has much to do. */
  readonly quietTurns?: number;
  /** Seconds from a death to the next scheduler; absent: none comes by itself. */
  readonly restartAfter?: () => number;
}

/** One scheduler of a {@link World}, from its start to its end. */
export interface Reign {
  readonly life: Life;
  readonly scheduler: Scheduler;
  readonly driver: SimulatedDriver;
  /** Between the scheduler and {@link driver}. */
  readonly calls: MortalDriver;
  readonly clock: VirtualClock;
  /** It takes requests. */
  isStarted: boolean;
  /** Why it stopped by itself. */
  stopError?: Error;
}

/**
 * One scheduler after another on one simulated cluster and one store, and someone who wants tasks done: who submits
 * again what is not in the store when a scheduler comes, and cancels again what goes on.
 */
export class World {
  readonly cluster: SimulatedCluster;
  store = new SharedStore();
  readonly random: Random;
  /** What must never be, in words; see {@link accountOf} for all of it. */
  readonly wrong: string[] = [];
  readonly notices: SchedulerNotice[] = [];
  readonly reigns: Reign[] = [];
  readonly wanted = new Map<TaskId, TaskSpec>();
  readonly #options: WorldOptions;
  readonly #moments: Moments;
  readonly #unwanted = new Set<TaskId>();
  #whenEnded: (() => void) | undefined;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.#moments = options.moments ?? new Moments();
    this.cluster = new SimulatedCluster(options);
    this.#watchStore();
    this.random = new Random((options.seed ?? 1) + 1);
  }

  /** The scheduler that was started last. */
  get reign(): Reign {
    const reign = this.reigns.at(-1);
    if (!reign) throw new Error('no scheduler was started yet');
    return reign;
  }

  driver = (): SimulatedDriver => this.reign.driver;
  clock = (): VirtualClock => this.reign.clock;

  /** `kill -9`. */
  killScheduler = (): void => this.reign.life.die();

  /** Starts a scheduler on the store, as whoever looks after it does who finds that none runs. */
  startScheduler = ({ withoutFrameworkId = false } = {}): void => {
    const last = this.reigns.at(-1);
    if (last && !last.life.isDead && !last.stopError) return;
    if (withoutFrameworkId) this.store.loseFrameworkId();
    this.startRival();
  };

  /** Starts a scheduler on the store, whether or not another one runs. */
  startRival = (): void => {
    const reign = this.#newReign();
    this.reigns.push(reign);
    this.cluster.time.heardOutside();
    this.#begin(reign).catch((error: unknown) => {
      if (!reign.life.isDead) reign.stopError ??= error as Error;
    });
  };

  failStore = (isFailing: boolean): void => {
    this.store.isFailing = isFailing;
  };

  /** Wants tasks done, now. */
  submit(specs: readonly TaskSpec[]): void {
    for (const spec of specs) this.wanted.set(spec.id, spec);
    if (this.reign.isStarted) this.#ask(this.reign, (scheduler) => scheduler.submit(specs));
  }

  /** Does not want tasks any more, as of now. */
  cancel(taskIds: readonly TaskId[]): void {
    for (const id of taskIds) this.#unwanted.add(id);
    if (this.reign.isStarted) this.#ask(this.reign, (scheduler) => scheduler.cancel(taskIds));
  }

  /** From now on there is another store, which knows the framework and no task; and nothing is wanted. */
  loseStore(): void {
    const { frameworkId } = this.store;
    this.store = new SharedStore();
    this.store.frameworkId = frameworkId;
    this.wanted.clear();
    this.#watchStore();
  }

  /** Lets something happen after so many seconds. */
  later(seconds: number, action: () => void): void {
    this.cluster.time.after(seconds * 1000, () => {
      this.cluster.time.heardOutside();
      action();
    });
  }

  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void> {
    return this.cluster.time.advanceWith(seconds * 1000, this.#settle);
  }

  /** Lets time pass until all that is wanted has ended; what does not within so many hours is wrong. */
  async untilEnded(hours: number): Promise<void> {
    if (this.#hasEnded) return;
    const ended = new Promise<void>((resolve) => {
      this.#whenEnded = resolve;
    });
    await untilDone(this.cluster.time, ended, { hours, settle: this.#settle }).catch((error: unknown) => {
      this.wrong.push(`not all tasks have ended: ${String(error)}`);
    });
  }

  /** Lets the scheduler do all that it does at once, however much that is. */
  readonly #settle = async (): Promise<void> => {
    const { quietTurns: enough = usualQuietTurns } = this.#options;
    for (let quietTurns = 0; quietTurns < enough; quietTurns++) {
      const { count } = this.#moments;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#moments.count !== count) quietTurns = -1;
    }
  };

  get #hasEnded(): boolean {
    return this.store.finals === this.wanted.size;
  }

  #watchStore(): void {
    this.store.onCommit = () => {
      if (this.#hasEnded) this.#whenEnded?.();
    };
  }

  #newReign(): Reign {
    const { cluster, store } = this;
    const { frameworkId } = store;
    const life = new Life(this.#moments, () => this.#died(reign));
    const identity = frameworkId === undefined ? {} : { id: frameworkId };
    const driver = new SimulatedDriver({
      cluster,
      framework: { failoverTimeoutSeconds: aWeek, ...this.#options.framework, ...identity },
    });
    const clock = new VirtualClock(cluster.time);
    const watch = {
      launched: (launch: Launch) => this.#checkLaunch(launch, driver),
      acknowledged: (update: AttemptUpdate) => this.#checkAcknowledgement(update),
    };
    const calls = new MortalDriver(driver, life, watch);
    const scheduler = new Scheduler({
      ...this.#options.scheduler,
      driver: calls,
      store: store.for(life),
      clock,
      listener: (notice) => this.#hear(notice, reign),
    });
    const reign: Reign = { life, scheduler, driver, calls, clock, isStarted: false };
    return reign;
  }

  async #begin(reign: Reign): Promise<void> {
    const { scheduler } = reign;
    const records = await scheduler.start();
    reign.isStarted = true;
    const known = new Set(records.map(({ spec }) => spec.id));
    const missing = [...this.wanted.values()].filter(({ id }) => !known.has(id));
    if (missing.length > 0) this.#ask(reign, () => scheduler.submit(missing));
    if (this.#unwanted.size > 0) this.#ask(reign, () => scheduler.cancel([...this.#unwanted]));
  }

  /** A request that its scheduler may not live to answer, and that the next one hears again. */
  #ask(reign: Reign, request: (scheduler: Scheduler) => Promise<void>): void {
    request(reign.scheduler).catch((error: unknown) => {
      if (!reign.stopError && !reign.life.isDead) this.wrong.push(`a request was refused: ${String(error)}`);
    });
  }

  #hear(notice: SchedulerNotice, reign: Reign): void {
    if (reign.life.isDead) return;
    this.notices.push(notice);
    if (notice.type === 'stopped') reign.stopError = notice.error;
  }

  #died({ clock, driver }: Reign): void {
    clock.freeze();
    // By the system, which closes what the process had open.
    this.cluster.time.after(closesAfterMilliseconds, () => driver.crash());
    const seconds = this.#options.restartAfter?.();
    if (seconds !== undefined) this.later(seconds, () => this.startScheduler());
  }

  #checkLaunch({ attemptId }: Launch, { session }: SimulatedDriver): void {
    if (!this.store.attempt(attemptId)) this.wrong.push(`${attemptId} is launched and not in the store`);
    if (this.store.frameworkId !== session.frameworkId)
      this.wrong.push(`${attemptId} is launched as a framework that the store does not know`);
  }

  #checkAcknowledgement({ attemptId, state, acknowledgement }: AttemptUpdate): void {
    if (acknowledgement === undefined) this.wrong.push(`${attemptId} ${state} is acknowledged without need`);
    const attempt = this.store.attempt(attemptId);
    if (!attempt || !isTerminal(state) || isTerminal(attempt.state)) return;
    const isAwaited =
      this.store.stateOf(attempt.taskId) === 'active' && this.store.lastAttempt(attempt.taskId) === attemptId;
    if (isAwaited) this.wrong.push(`${attemptId} ${state} is acknowledged and not in the store`);
  }
}
