import { SchedulerError } from '../model/errors.ts';
import type { TaskId, TaskRecord, TaskSpec } from '../model/task.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import type { ClusterDriver } from '../ports/driver.ts';
import type { TaskStore } from '../ports/store.ts';
import { type CoreInput, SchedulerCore } from './core.ts';
import type { Effect } from './decisions.ts';
import type { SchedulerNotice } from './notice.ts';
import { defaultOptions, type SchedulerOptions } from './options.ts';

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
  readonly listener: (notice: SchedulerNotice) => void;
  readonly clock?: Clock;
  readonly options?: Partial<SchedulerOptions>;
}

/**
 * Keeps tasks alive on a cluster: matches them with offers, writes what is about to happen before it happens
 * and what happened before it is acknowledged, and tries again what failed or was lost.
 */
export class Scheduler {
  readonly #driver: ClusterDriver;
  readonly #store: TaskStore;
  readonly #listener: (notice: SchedulerNotice) => void;
  readonly #clock: Clock;
  readonly #core: SchedulerCore;
  readonly #taskIds = new Set<TaskId>();
  #inbox: Entry[] = [];
  readonly #calls = new Set<Promise<void>>();
  readonly #settling: (() => void)[] = [];
  #pumping: Promise<void> | undefined;
  #cancelTimer: () => void = () => {};
  #state: 'new' | 'starting' | 'running' | 'stopped' = 'new';
  #stopError: Error | undefined;

  constructor({ driver, store, listener, clock = systemClock, options }: SchedulerParts) {
    this.#driver = driver;
    this.#store = store;
    this.#listener = listener;
    this.#clock = clock;
    this.#core = new SchedulerCore({ ...defaultOptions, ...options });
  }

  /**
   * Loads what the store holds, connects, and goes on with it. Answers the tasks that were there.
   * @throws SchedulerError `ALREADY_STARTED`, and what the store or the driver throw if they cannot be reached;
   *   {@link close} is to be called also then.
   */
  async start(): Promise<readonly TaskRecord[]> {
    if (this.#state !== 'new') throw new SchedulerError('ALREADY_STARTED', 'a scheduler is started once');
    this.#state = 'starting';
    const records = await this.#store.load();
    // Closed while the store was read.
    if (this.#state !== 'starting') throw notRunning();
    this.#core.restore(records, this.#clock.elapsed());
    for (const { spec } of records) this.#taskIds.add(spec.id);
    this.#state = 'running';
    try {
      await this.#driver.start((event) => this.#post({ input: { type: 'driver', event } }));
    } catch (error) {
      this.#state = 'stopped';
      throw error;
    }
    return records;
  }

  /**
   * Takes tasks; resolves when they are durable.
   * @throws SchedulerError `DUPLICATE_TASK` if an id is known already, and then none of the tasks is taken;
   *   `NOT_RUNNING`; the error that stopped the scheduler, if it cannot go on.
   */
  async submit(specs: readonly TaskSpec[]): Promise<void> {
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
    try {
      await this.#pumping;
      await Promise.all(this.#calls);
      await this.#driver.stop(how);
    } finally {
      this.#refuseRest();
      this.#wake();
    }
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
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#inbox.length > 0 && this.#state === 'running') {
      const entries = this.#inbox;
      this.#inbox = [];
      try {
        await this.#process(entries);
      } catch (error) {
        // What could not be written must not happen: nothing is launched, nothing acknowledged.
        this.#stop(asError(error));
        for (const { settle } of entries) settle?.reject(asError(error));
      }
    }
    // In the same turn as the last look into the inbox: what is posted from now on starts a new pump.
    this.#pumping = undefined;
    if (this.#state === 'stopped') this.#refuseRest();
    this.#armTimer();
    this.#wake();
  }

  async #process(entries: readonly Entry[]): Promise<void> {
    const inputs = entries.map(({ input }) => input);
    const { changes, effects, notices } = this.#core.advance(
      inputs,
      this.#clock.elapsed(),
      this.#clock.now(),
    );
    if (changes.length > 0) await this.#store.commit(changes);
    for (const effect of effects) this.#perform(effect);
    for (const { settle } of entries) settle?.resolve();
    for (const notice of notices) {
      if (notice.type === 'stopped') this.#stop(notice.error);
      else this.#tell(notice);
    }
  }

  #tell(notice: SchedulerNotice): void {
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
  }

  /** Answers requests that came too late to take effect. */
  #refuseRest(): void {
    for (const { settle } of this.#inbox) settle?.reject(this.#stopError ?? notRunning());
    this.#inbox = [];
  }

  #perform(effect: Effect): void {
    const call = this.#call(effect).catch((error: unknown) => {
      this.#tell({ type: 'call-failed', call: effect.type, error: asError(error) });
      this.#post({ input: { type: 'call-failed', effect } });
    });
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
  }

  async #call(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'launch':
        return this.#driver.launch(effect.offerIds, effect.launches);
      case 'decline':
        return this.#driver.decline(effect.offerIds, effect.refuseSeconds);
      case 'kill':
        return this.#driver.kill(effect.attempt, effect.graceSeconds);
      case 'acknowledge':
        return this.#driver.acknowledge(effect.update);
      case 'reconcile':
        return this.#driver.reconcile(effect.attempts);
      case 'suppress':
        return this.#driver.suppress();
      case 'revive':
        return this.#driver.revive();
    }
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
