import { type Clock, systemClock } from './clock.ts';
import { type CoreInput, SchedulerCore } from './core.ts';
import type { Decisions, Effect } from './decisions.ts';
import type { ClusterDriver } from './driver.ts';
import type { SchedulerNotice } from './notice.ts';
import { defaultOptions, type SchedulerOptions } from './options.ts';
import type { TaskStore } from './store.ts';
import type { TaskId, TaskRecord, TaskSpec } from './task.ts';

// setTimeout takes 32 bits; a longer wait is simply taken up again.
const longestTimerMilliseconds = 2 ** 31 - 1;

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
  readonly #inbox: CoreInput[] = [];
  readonly #calls = new Set<Promise<void>>();
  readonly #settling: (() => void)[] = [];
  #pumping: Promise<void> | undefined;
  #cancelTimer: () => void = () => {};
  #state: 'new' | 'running' | 'stopped' = 'new';
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
   * @throws what the store or the driver throws if it cannot be reached.
   */
  async start(): Promise<readonly TaskRecord[]> {
    const records = await this.#store.load();
    this.#core.restore(records, this.#clock.now());
    this.#state = 'running';
    await this.#driver.start((event) => this.#post({ type: 'driver', event }));
    return records;
  }

  /**
   * Takes tasks; resolves when they are durable.
   * @throws the error that stopped the scheduler, if it cannot go on.
   */
  submit(specs: readonly TaskSpec[]): Promise<void> {
    return this.#request({ type: 'submit', specs });
  }

  /** Lets failed tasks be tried again, with all their retries; resolves when that is durable. */
  retry(taskIds: readonly TaskId[]): Promise<void> {
    return this.#request({ type: 'retry', taskIds });
  }

  /**
   * Launches nothing more. With `kill`, ends what runs; its tasks wait for a later scheduler on this store.
   * {@link settled} tells when nothing runs any more.
   */
  halt({ kill }: { readonly kill: boolean }): Promise<void> {
    return this.#request({ type: 'halt', kill });
  }

  /**
   * Resolves when nothing runs and nothing waits.
   * @throws the error that stopped the scheduler, if it cannot go on.
   */
  async settled(): Promise<void> {
    while (this.#state === 'running' && (!this.#core.settled || this.#pumping)) {
      await new Promise<void>((resolve) => this.#settling.push(resolve));
    }
    if (this.#stopError) throw this.#stopError;
  }

  /** Ends the connection; see {@link ClusterDriver.stop}. */
  async close(how: 'teardown' | 'disconnect'): Promise<void> {
    this.#state = 'stopped';
    this.#cancelTimer();
    await this.#pumping;
    await Promise.all(this.#calls);
    await this.#driver.stop(how);
    this.#wake();
  }

  async #request(input: CoreInput): Promise<void> {
    await this.#post(input);
    if (this.#stopError) throw this.#stopError;
  }

  #post(input: CoreInput): Promise<void> {
    if (this.#state === 'stopped') return Promise.resolve();
    this.#inbox.push(input);
    this.#pumping ??= this.#pump();
    return this.#pumping;
  }

  async #pump(): Promise<void> {
    // Lets what happens in the same turn be written in one commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#inbox.length > 0 && this.#state === 'running') {
      const decisions = this.#core.advance(this.#inbox.splice(0), this.#clock.now());
      if (!(await this.#commit(decisions))) break;
      for (const effect of decisions.effects) this.#perform(effect);
      for (const notice of decisions.notices) this.#tell(notice);
    }
    // In the same turn as the last look into the inbox: what is posted from now on starts a new pump.
    this.#pumping = undefined;
    this.#armTimer();
    this.#wake();
  }

  async #commit({ changes }: Decisions): Promise<boolean> {
    if (changes.length === 0) return true;
    try {
      await this.#store.commit(changes);
      return true;
    } catch (error) {
      // What could not be written must not happen: nothing is launched, nothing acknowledged.
      this.#tell({ type: 'stopped', error: asError(error) });
      return false;
    }
  }

  #tell(notice: SchedulerNotice): void {
    if (notice.type === 'stopped') {
      this.#state = 'stopped';
      this.#stopError = notice.error;
    }
    this.#listener(notice);
  }

  #perform(effect: Effect): void {
    const call = this.#call(effect).catch((error: unknown) =>
      this.#listener({ type: 'call-failed', call: effect.type, error: asError(error) }),
    );
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
  }

  async #call(effect: Effect): Promise<void> {
    switch (effect.type) {
      case 'launch':
        return this.#driver.launch(effect.offerId, effect.launches);
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
    const wait = this.#core.nextDeadline - this.#clock.now();
    if (this.#state !== 'running' || wait === Number.POSITIVE_INFINITY) return;
    const milliseconds = Math.min(Math.max(wait, 1), longestTimerMilliseconds);
    this.#cancelTimer = this.#clock.after(milliseconds, () => this.#post({ type: 'tick' }));
  }

  #wake(): void {
    for (const resolve of this.#settling.splice(0)) resolve();
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
