import type { ScalingAdvice } from '../explain/index.ts';
import type { WaitingExplanation } from '../matching/insight.ts';
import type { PlacementPolicy } from '../matching/placement-policy.ts';
import { SchedulerMetrics } from '../metrics/scheduler-metrics.ts';
import { SchedulerError } from '../model/errors.ts';
import { defaultPolicy, type SchedulingPolicy } from '../model/policy.ts';
import type { TaskId, TaskRecord, TaskSpec } from '../model/task.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { ClusterDriver, DriverEvent } from '../ports/driver.ts';
import type { TaskStore } from '../ports/store.ts';
import { Committer } from './committer.ts';
import { type CoreInput, SchedulerCore } from './core.ts';
import type { Effect } from './decisions.ts';
import type { SchedulerNotice } from './notice.ts';
import { NoticeStream } from './notice-stream.ts';
import { defaultOptions, type SchedulerOptions } from './options.ts';
import { perform } from './perform.ts';
import { validateTask } from './validate-task.ts';

// setTimeout takes 32 bits; a longer wait is simply taken up again.
const longestTimerMilliseconds = 2 ** 31 - 1;

interface Entry {
  readonly input: CoreInput;
  /** Told when what the input changed is durable, or why it is not. */
  readonly settle?: { readonly resolve: () => void; readonly reject: (error: Error) => void };
}

/** What a {@link Scheduler} is made of. */
export interface SchedulerParts {
  readonly driver: ClusterDriver;
  readonly store: TaskStore;
  /** Told of everything, in order, after it is durable; must not throw. */
  readonly listener?: (notice: SchedulerNotice) => void;
  readonly clock?: Clock;
  readonly options?: Partial<SchedulerOptions>;
  readonly policy?: Partial<SchedulingPolicy>;
  /** Placement policies of one's own. */
  readonly placements?: readonly PlacementPolicy[];
  /**
   * Once it fires nothing more is written or sent, and the connection is ended: for a scheduler that must leave its
   * tasks to another one, which leads now.
   */
  readonly signal?: AbortSignal;
}

// What is taken in at a time: enough for large commits, too little to keep the event loop busy for long.
const inputsAtATime = 500;

const defaultStreamCapacity = 10_000;

/**
 * Keeps tasks alive on a cluster: matches them with offers, writes what is about to happen before it happens
 * and what happened before it is acknowledged, and tries again what failed or was lost.
 */
export class Scheduler {
  /** What it did so far and how it stands, for Prometheus. */
  readonly metrics: SchedulerMetrics;
  readonly #driver: ClusterDriver;
  readonly #store: TaskStore;
  readonly #committer: Committer;
  readonly #listener: (notice: SchedulerNotice) => void;
  readonly #clock: Clock;
  readonly #core: SchedulerCore;
  readonly #signal: AbortSignal | undefined;
  readonly #streams = new Set<NoticeStream>();
  readonly #taskIds = new Set<TaskId>();
  #inbox: Entry[] = [];
  readonly #calls = new Set<Promise<void>>();
  readonly #settling: (() => void)[] = [];
  #pumping: Promise<void> | undefined;
  #cancelTimer: () => void = () => {};
  #state: 'new' | 'starting' | 'running' | 'stopped' = 'new';
  #stopError: Error | undefined;

  constructor({
    driver,
    store,
    listener = () => {},
    clock = systemClock,
    options,
    policy,
    placements = [],
    signal,
  }: SchedulerParts) {
    const settled = { ...defaultOptions, ...options };
    this.#driver = driver;
    this.#store = store;
    this.#listener = listener;
    this.#clock = clock;
    this.#signal = signal;
    this.#core = new SchedulerCore({
      options: settled,
      policy: { ...defaultPolicy, ...policy },
      placements,
    });
    this.metrics = new SchedulerMetrics(() => this.#core.counts(clock.elapsed()));
    this.#committer = new Committer({
      store,
      clock,
      patience: settled.storePatience,
      onTrouble: (error) => this.#tell({ type: 'store-trouble', ...(error && { error }) }),
      onCommit: (milliseconds) => this.metrics.committed(milliseconds),
    });
  }

  /**
   * Loads what the store holds, connects, and goes on with it. Answers the tasks that were there.
   * @throws SchedulerError `ALREADY_STARTED`, and what the store or the driver throw if they cannot be reached;
   *   {@link close} is to be called also then.
   */
  async start(): Promise<readonly TaskRecord[]> {
    if (this.#state !== 'new') throw new SchedulerError('ALREADY_STARTED', 'a scheduler is started once');
    this.#signal?.throwIfAborted();
    this.#state = 'starting';
    this.#signal?.addEventListener('abort', this.#abandon, { once: true });
    const records = await this.#store.load();
    // Closed while the store was read.
    if (this.#state !== 'starting') throw notRunning();
    this.#core.restore(records, this.#clock.elapsed());
    for (const { spec } of records) this.#taskIds.add(spec.id);
    this.#state = 'running';
    try {
      await this.#driver.start((event) => this.#hear(event));
    } catch (error) {
      this.#state = 'stopped';
      throw error;
    }
    return records;
  }

  /**
   * Takes tasks; resolves when they are durable.
   * @throws SchedulerError `INVALID_TASK` or `DUPLICATE_TASK`, and then none of the tasks is taken; `NOT_RUNNING`;
   *   the error that stopped the scheduler, if it cannot go on.
   */
  async submit(specs: readonly TaskSpec[]): Promise<void> {
    for (const spec of specs) validateTask(spec);
    const ids = new Set(specs.map(({ id }) => id));
    const known = specs.find(({ id }) => this.#taskIds.has(id) || !ids.delete(id));
    if (known) throw new SchedulerError('DUPLICATE_TASK', `there is a task ${known.id} already`);
    const request = this.#request({ type: 'submit', specs });
    for (const { id } of specs) this.#taskIds.add(id);
    return request;
  }

  /**
   * Lets failed tasks be tried again, with all their retries; resolves when that is durable.
   * @throws as {@link submit} if the scheduler does not run.
   */
  retry(taskIds: readonly TaskId[]): Promise<void> {
    return this.#request({ type: 'retry', taskIds });
  }

  /**
   * Ends tasks that are not wanted any more, whatever their state; resolves when that is durable. Ids that are not
   * known, and tasks that have ended, are passed over.
   * @throws as {@link submit} if the scheduler does not run.
   */
  cancel(taskIds: readonly TaskId[]): Promise<void> {
    return this.#request({ type: 'cancel', taskIds });
  }

  /**
   * All notices from now on, until the scheduler is closed or cannot go on. A reader that is slower than
   * `capacity` notices is told that it missed some.
   */
  events({ capacity = defaultStreamCapacity }: { readonly capacity?: number } = {}): NoticeStream {
    const stream: NoticeStream = new NoticeStream(capacity, () => this.#streams.delete(stream));
    if (this.#state === 'stopped') stream.end();
    else this.#streams.add(stream);
    return stream;
  }

  /** Why tasks wait: for each kind of them, by what each known agent falls. The first `limit` kinds, default 100. */
  explain({ limit = 100 }: { readonly limit?: number } = {}): readonly WaitingExplanation[] {
    return this.#core.explain(this.#clock.elapsed(), this.#clock.now(), limit);
  }

  /** What more agents would help what waits, and which agents are not needed: for an autoscaler. */
  shortfall(): ScalingAdvice {
    return this.#core.shortfall(this.#clock.now());
  }

  /**
   * Launches nothing more. With `kill`, ends what runs; its tasks wait for a later scheduler on this store.
   * {@link settled} tells when nothing runs any more.
   * @throws as {@link submit} if the scheduler does not run.
   */
  halt({ kill }: { readonly kill: boolean }): Promise<void> {
    return this.#request({ type: 'halt', kill });
  }

  /**
   * Resolves when nothing runs and nothing waits.
   * @throws the error that stopped the scheduler, if it cannot go on; SchedulerError `NOT_RUNNING` if it is closed
   *   while something runs or waits.
   */
  async settled(): Promise<void> {
    while (this.#state === 'running' && (!this.#core.settled || this.#pumping)) {
      await new Promise<void>((resolve) => this.#settling.push(resolve));
    }
    if (this.#stopError) throw this.#stopError;
    if (!this.#core.settled) throw notRunning();
  }

  /**
   * Ends the connection; see {@link ClusterDriver.stop}. What was asked of the cluster is waited for.
   * @throws what the driver throws.
   */
  async close(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#state = 'stopped';
    this.#cancelTimer();
    this.#committer.abandon();
    this.#signal?.removeEventListener('abort', this.#abandon);
    try {
      await this.#pumping;
      await Promise.all(this.#calls);
      await this.#driver.stop(how);
    } finally {
      this.#refuseRest();
      this.#wake();
      this.#endStreams();
    }
  }

  readonly #abandon = (): void => {
    this.#stop(asError(this.#signal?.reason));
    this.#committer.abandon();
    this.#cancelTimer();
    this.#refuseRest();
    this.#wake();
    // Whoever closes the scheduler hears of what this throws.
    this.#driver.stop('disconnect').catch(() => {});
  };

  #hear(event: DriverEvent): void {
    if (event.type === 'offers') this.metrics.offered(event.offers.length);
    this.#post({ input: { type: 'driver', event } });
  }

  #request(input: CoreInput): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'running') this.#post({ input, settle: { resolve, reject } });
      else reject(this.#stopError ?? notRunning());
    });
  }

  #post(entry: Entry): void {
    if (this.#state !== 'running') return;
    this.#inbox.push(entry);
    this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    // Lets what happens in the same turn be written in one commit.
    let isTurnOver = true;
    do {
      if (isTurnOver) await new Promise((resolve) => setImmediate(resolve));
      if (this.#state !== 'running') break;
      isTurnOver = await this.#pumpOnce(this.#inbox.splice(0, inputsAtATime));
    } while (this.#inbox.length > 0 || isTurnOver);
    // In the same turn as the last look into the inbox: what is posted from now on starts a new pump.
    this.#pumping = undefined;
    if (this.#state === 'stopped') this.#refuseRest();
    this.#armTimer();
    this.#wake();
  }

  /** Answers whether there is more to do at once, and so much was done that others must have their turn first. */
  async #pumpOnce(entries: readonly Entry[]): Promise<boolean> {
    try {
      const more = await this.#process(entries);
      return more || entries.length === inputsAtATime;
    } catch (error) {
      // What could not be written must not happen: nothing is launched, nothing acknowledged.
      this.#stop(asError(error));
      for (const { settle } of entries) settle?.reject(asError(error));
      return false;
    }
  }

  /** Answers whether there is more to decide at once. */
  async #process(entries: readonly Entry[]): Promise<boolean> {
    const began = this.#clock.elapsed();
    const inputs = entries.map(({ input }) => input);
    const { changes, effects, notices, more } = this.#core.advance(inputs, began, this.#clock.now());
    this.metrics.decided(this.#clock.elapsed() - began);
    if (changes.length > 0) await this.#committer.commit(changes);
    for (const { settle } of entries) settle?.resolve();
    // Whoever took over meanwhile has the say.
    if (!this.#signal?.aborted) for (const effect of effects) this.#perform(effect);
    for (const notice of notices) {
      if (notice.type === 'stopped') this.#stop(notice.error);
      else this.#tell(notice);
    }
    return more;
  }

  #tell(notice: SchedulerNotice): void {
    this.metrics.noticed(notice);
    for (const stream of this.#streams) stream.push(notice);
    try {
      this.#listener(notice);
    } catch (error) {
      // A listener that missed something cannot be right from there on.
      this.#stop(asError(error));
    }
  }

  #stop(error: Error): void {
    if (this.#stopError) return;
    this.#state = 'stopped';
    this.#stopError = error;
    this.#tell({ type: 'stopped', error });
    this.#endStreams();
  }

  #endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Answers requests that came too late to take effect. */
  #refuseRest(): void {
    for (const { settle } of this.#inbox) settle?.reject(this.#stopError ?? notRunning());
    this.#inbox = [];
  }

  #perform(effect: Effect): void {
    this.metrics.called(effect);
    const call = perform(this.#driver, effect).catch((error: unknown) => {
      this.#tell({ type: 'call-failed', call: effect.type, error: asError(error) });
      this.#post({ input: { type: 'call-failed', effect } });
    });
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
  }

  #armTimer(): void {
    this.#cancelTimer();
    const wait = this.#core.nextDeadline - this.#clock.elapsed();
    if (this.#state !== 'running' || wait === Number.POSITIVE_INFINITY) return;
    const milliseconds = Math.min(Math.max(wait, 1), longestTimerMilliseconds);
    this.#cancelTimer = this.#clock.after(milliseconds, () => this.#post({ input: { type: 'tick' } }));
  }

  #wake(): void {
    for (const resolve of this.#settling.splice(0)) resolve();
  }
}

const notRunning = (): SchedulerError =>
  new SchedulerError('NOT_RUNNING', 'the scheduler was not started, or it is closed');

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
