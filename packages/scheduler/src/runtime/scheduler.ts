import type { ScalingAdvice } from '../explain/index.ts';
import type { AgentStatus } from '../matching/agent-uses.ts';
import type { WaitingDemand, WaitingExplanation } from '../matching/insight.ts';
import { SchedulerMetrics } from '../metrics/scheduler-metrics.ts';
import { SchedulerError } from '../model/errors.ts';
import { defaultPolicy, type SchedulingPolicy } from '../model/policy.ts';
import type { TaskId, TaskRecord, TaskSpec } from '../model/task.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { ClusterDriver, DriverEvent } from '../ports/driver.ts';
import type { TaskStore } from '../ports/store.ts';
import { Admission } from './admission.ts';
import { Alarm } from './alarm.ts';
import { Committer } from './committer.ts';
import { type CoreInput, SchedulerCore } from './core.ts';
import { DriverCalls } from './driver-calls.ts';
import { inTurns } from './give-way.ts';
import { type Entry, InputPump } from './input-pump.ts';
import type { SchedulerNotice } from './notice.ts';
import { NoticeBoard } from './notice-board.ts';
import type { NoticeStream } from './notice-stream.ts';
import { defaultOptions } from './options.ts';
import type { SchedulerParts } from './scheduler-parts.ts';

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
  readonly #board: NoticeBoard;
  readonly #calls: DriverCalls;
  readonly #pump = new InputPump({
    isOpen: () => this.#state === 'running',
    process: (entries) => this.#take(entries),
    onIdle: () => this.#rest(),
  });
  readonly #clock: Clock;
  readonly #core: SchedulerCore;
  readonly #signal: AbortSignal | undefined;
  readonly #admission: Admission;
  readonly #settling: (() => void)[] = [];
  readonly #alarm: Alarm;
  #state: 'new' | 'loading' | 'running' | 'stopped' = 'new';
  #isStarted = false;
  #loading: Promise<readonly TaskRecord[]> | undefined;
  #stopError: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor({
    driver,
    store,
    listener = () => {},
    clock = systemClock,
    options,
    policy,
    placements = [],
    role,
    signal,
  }: SchedulerParts) {
    const settled = { ...defaultOptions, ...options };
    this.#driver = driver;
    this.#store = store;
    this.#board = new NoticeBoard(listener, (error) => this.#stop(asError(error)));
    this.#calls = new DriverCalls(driver, (effect, error) => {
      this.#tell({ type: 'call-failed', call: effect.type, error: asError(error) });
      this.#post({ input: { type: 'call-failed', effect } });
    });
    this.#admission = new Admission(placements, (taskId) => this.#core.knows(taskId));
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#post({ input: { type: 'tick' } }));
    this.#signal = signal;
    this.#core = new SchedulerCore({
      options: settled,
      policy: { ...defaultPolicy, ...policy },
      placements,
      role,
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
   * Reads what the store holds, and takes requests from then on, also while the cluster cannot be reached; answers the
   * tasks that were there. Done by {@link start} unless it was before.
   * @throws SchedulerError `NOT_RUNNING` if it is closed, and what the store throws if it cannot be read; {@link close}
   *   is to be called also then.
   */
  load(): Promise<readonly TaskRecord[]> {
    this.#loading ??= this.#orStop(() => this.#load());
    return this.#loading;
  }

  /**
   * Loads what the store holds, connects, and goes on with it. Answers the tasks that were there.
   * @throws SchedulerError `ALREADY_STARTED`, and what the store or the driver throw if they cannot be reached;
   *   {@link close} is to be called also then.
   */
  async start(): Promise<readonly TaskRecord[]> {
    if (this.#isStarted) throw new SchedulerError('ALREADY_STARTED', 'a scheduler is started once');
    this.#isStarted = true;
    const records = await this.load();
    return this.#orStop(async () => {
      this.#refuseUnless('running');
      await this.#driver.start((event) => this.#hear(event));
      this.#refuseUnless('running');
      return records;
    });
  }

  async #load(): Promise<readonly TaskRecord[]> {
    this.#refuseUnless('new');
    this.#state = 'loading';
    this.#signal?.throwIfAborted();
    this.#signal?.addEventListener('abort', this.#abandon, { once: true });
    const records = await this.#store.load();
    this.#refuseUnless('loading');
    this.#core.restore(records, this.#clock.elapsed());
    this.#state = 'running';
    return records;
  }

  /** What does not begin does not go on either: whoever has asked for something meanwhile is to hear of it. */
  async #orStop<T>(begin: () => Promise<T>): Promise<T> {
    try {
      return await begin();
    } catch (error) {
      if (this.#state !== 'stopped') this.#stop(asError(error));
      throw this.#stopError ?? error;
    }
  }

  /** It may have been closed, or deposed, while something was waited for. */
  #refuseUnless(state: 'new' | 'loading' | 'running'): void {
    if (this.#state !== state) throw this.#stopError ?? notRunning();
  }

  /**
   * Takes tasks; resolves when they are durable.
   * @throws SchedulerError `INVALID_TASK` or `DUPLICATE_TASK`, and then none of the tasks is taken; `NOT_RUNNING`;
   *   the error that stopped the scheduler, if it cannot go on.
   */
  async submit(specs: readonly TaskSpec[]): Promise<void> {
    this.#admission.enter(specs);
    try {
      await this.#request({ type: 'submit', specs });
    } finally {
      this.#admission.leave(specs);
    }
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
   * Lets nothing be known any more of tasks that have ended, here and in the store; resolves when that is durable. Ids
   * that are not known are passed over.
   * @throws SchedulerError `NOT_ENDED` if one has not ended, and then none is forgotten; else as {@link submit}.
   */
  forget(taskIds: readonly TaskId[]): Promise<void> {
    return this.#request({ type: 'forget', taskIds });
  }

  /**
   * Gives tasks no place until they are released: they do not wait for offers, and one whose attempt ends is not tried
   * again. What runs goes on. Tasks may be held before {@link load} and before they are submitted; nothing of this is
   * stored.
   * @throws as {@link submit} if the scheduler is closed.
   */
  async hold(taskIds: readonly TaskId[]): Promise<void> {
    if (this.#isNew) this.#core.hold(taskIds);
    else await this.#request({ type: 'hold', taskIds });
  }

  /**
   * Lets tasks that were held be placed again; they keep their turn.
   * @throws as {@link submit} if the scheduler does not run.
   */
  release(taskIds: readonly TaskId[]): Promise<void> {
    return this.#request({ type: 'release', taskIds });
  }

  /**
   * Decides by another policy from now on, with the default for what it does not name; what runs goes on.
   * @throws RangeError if it names a placement that there is not or a weight that is not above 0, and then the old one
   *   holds; else as {@link submit}.
   */
  async reconfigure(policy: Partial<SchedulingPolicy>): Promise<void> {
    const whole = { ...defaultPolicy, ...policy };
    this.#admission.checkPolicy(whole);
    if (this.#isNew) this.#core.reconfigure(whole);
    else await this.#request({ type: 'reconfigure', policy: whole });
  }

  /**
   * Resolves when no attempt at these tasks is out any more: one that is cancelled may take its time to end, and one on
   * an agent that cannot be reached may come back.
   * @throws the signal's reason; the error that stopped the scheduler; SchedulerError `NOT_RUNNING` if it is closed.
   */
  async gone(taskIds: readonly TaskId[], signal?: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake();
    signal?.addEventListener('abort', wake, { once: true });
    try {
      while (this.#core.outstanding(taskIds).length > 0) {
        signal?.throwIfAborted();
        if (this.#state !== 'running') throw this.#stopError ?? notRunning();
        await new Promise<void>((resolve) => this.#settling.push(resolve));
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  /** The agents that are known, and what the attempts of this scheduler use there. */
  agents(): readonly AgentStatus[] {
    return this.#core.agents(this.#clock.elapsed());
  }

  /**
   * All notices from now on, until the scheduler is closed or cannot go on. A reader that is slower than
   * `capacity` notices is told that it missed some.
   */
  events({ capacity = defaultStreamCapacity }: { readonly capacity?: number } = {}): NoticeStream {
    return this.#board.stream(capacity);
  }

  /** Why tasks wait: for each kind of them, by what each known agent falls. The first `limit` kinds, default 100. */
  explain({ limit = 100 }: { readonly limit?: number } = {}): readonly WaitingExplanation[] {
    return this.#core.explain(this.#clock.elapsed(), this.#clock.now(), limit);
  }

  /** What more agents would help what waits, and which agents are not needed: for an autoscaler. */
  shortfall(): ScalingAdvice {
    return this.#core.shortfall(this.#clock.now());
  }

  /** What waits for a place and no quota keeps back, whether or not there are agents: for whoever brings agents up. */
  demand(): readonly WaitingDemand[] {
    return this.#core.demand();
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
   * Resolves when nothing runs and nothing waits but what is held.
   * @throws the error that stopped the scheduler, if it cannot go on; SchedulerError `NOT_RUNNING` if it is closed
   *   while something runs or waits.
   */
  async settled(): Promise<void> {
    while (this.#state === 'running' && (!this.#core.settled || this.#pump.running)) {
      await new Promise<void>((resolve) => this.#settling.push(resolve));
    }
    if (this.#stopError) throw this.#stopError;
    if (!this.#core.settled) throw notRunning();
  }

  /**
   * Ends the connection; see {@link ClusterDriver.stop}. What was asked of the cluster is waited for.
   * @throws what the driver throws.
   */
  close(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#closing ??= this.#close(how);
    return this.#closing;
  }

  async #close(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#state = 'stopped';
    this.#alarm.clear();
    this.#committer.abandon();
    this.#signal?.removeEventListener('abort', this.#abandon);
    try {
      await this.#pump.running;
      await this.#calls.settled();
      await this.#driver.stop(how);
    } finally {
      this.#refuseRest();
      this.#wake();
      this.#board.close();
    }
  }

  readonly #abandon = (): void => {
    this.#stop(asError(this.#signal?.reason));
    this.#committer.abandon();
    this.#alarm.clear();
    this.#refuseRest();
    this.#wake();
    // Whoever closes the scheduler hears of what this throws.
    this.#driver.stop('disconnect').catch(() => {});
  };

  #hear(event: DriverEvent): void {
    if (event.type === 'offers') this.metrics.offered(event.offers.length);
    this.#post({ input: { type: 'driver', event } });
  }

  /** Nothing is decided yet. */
  get #isNew(): boolean {
    return this.#state === 'new' || this.#state === 'loading';
  }

  #request(input: CoreInput): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'running') this.#post({ input, settle: { resolve, reject } });
      else reject(this.#stopError ?? notRunning());
    });
  }

  #post(entry: Entry): void {
    if (this.#state === 'running') this.#pump.post(entry);
  }

  /** Answers whether there is more to decide at once. */
  async #take(entries: readonly Entry[]): Promise<boolean> {
    try {
      return await this.#process(entries);
    } catch (error) {
      // What could not be written must not happen: nothing is launched, nothing acknowledged.
      this.#stop(asError(error));
      for (const { settle } of entries) settle?.reject(this.#stopError ?? asError(error));
      return false;
    }
  }

  async #process(entries: readonly Entry[]): Promise<boolean> {
    const began = this.#clock.elapsed();
    const inputs = entries.map(({ input }) => input);
    const { changes, effects, notices, refusals, more } = this.#core.advance(
      inputs,
      began,
      this.#clock.now(),
    );
    this.metrics.decided(this.#clock.elapsed() - began);
    if (changes.length > 0) await this.#committer.commit(changes);
    for (const { input, settle } of entries) {
      const refusal = refusals.get(input);
      if (refusal) settle?.reject(refusal);
      else settle?.resolve();
    }
    const turn = await inTurns(effects, this.#clock, began, (effect) => {
      // Whoever took over meanwhile has the say.
      if (this.#signal?.aborted) return;
      this.metrics.called(effect);
      this.#calls.make(effect);
    });
    await inTurns(notices, this.#clock, turn, (notice) => {
      if (notice.type === 'stopped') this.#stop(notice.error);
      else this.#tell(notice);
    });
    return more;
  }

  #tell(notice: SchedulerNotice): void {
    this.metrics.noticed(notice);
    this.#board.tell(notice);
  }

  #stop(error: Error): void {
    if (this.#stopError) return;
    this.#state = 'stopped';
    this.#stopError = error;
    this.#tell({ type: 'stopped', error });
    this.#board.close();
  }

  /** Nothing is left to be done for now. */
  #rest(): void {
    if (this.#state === 'stopped') this.#refuseRest();
    if (this.#state === 'running') this.#alarm.set(this.#core.nextDeadline);
    this.#wake();
  }

  #refuseRest(): void {
    this.#pump.refuseRest(this.#stopError ?? notRunning());
  }

  #wake(): void {
    for (const resolve of this.#settling.splice(0)) resolve();
  }
}

const notRunning = (): SchedulerError =>
  new SchedulerError('NOT_RUNNING', 'the scheduler was not started, or it is closed');

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
