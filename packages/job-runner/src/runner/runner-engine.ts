import { createHmac } from 'node:crypto';
import path from 'node:path';
import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import { type Clock, Scheduler, systemClock, type TaskStore } from '@galaxy-mesos/scheduler';
import { DemandReports } from '../demand/demand-reports.ts';
import { messageOf } from '../job-error.ts';
import { FlowDesk } from './flow-desk.ts';
import type { JobEntry } from './job-entry.ts';
import { JobLedger } from './job-ledger.ts';
import { JobRequests, openTasks } from './job-requests.ts';
import type { JobRunnerParts } from './job-runner-parts.ts';
import { JobTable } from './job-table.ts';
import { NewsDesk } from './news-desk.ts';
import { defaultJobRunnerOptions } from './options.ts';
import { Retention } from './retention.ts';
import { SplitChecks } from './split-checks.ts';
import { tellingOfMemory } from './telling-driver.ts';
import { Trash } from './trash.ts';

/** Waiting for a store that cannot write costs a daemon nothing; to stop would. */
const storePatienceSeconds = 600;

/** No job has an id like this. */
const trashName = '.trash';

/** Puts together what a `JobRunner` is made of, and starts and stops it. */
export class RunnerEngine {
  readonly clock: Clock;
  readonly table = new JobTable();
  readonly scheduler: Scheduler;
  readonly ledger: JobLedger;
  readonly flows: FlowDesk;
  readonly requests: JobRequests;
  readonly splitChecks: SplitChecks;
  readonly #parts: JobRunnerParts;
  readonly #news: NewsDesk;
  readonly #retention: Retention;
  readonly #trash: Trash;
  readonly #reports: DemandReports | undefined;
  readonly #stopping = new AbortController();
  #state: 'new' | 'loaded' | 'running' | 'stopped' = 'new';
  #fatal: Error | undefined;

  constructor(parts: JobRunnerParts) {
    const { driver, store, directory, directories, clock = systemClock, runAs, policy } = parts;
    const options = { ...defaultJobRunnerOptions, ...parts.options };
    const schedulerOptions = { storePatience: storePatienceSeconds, ...parts.schedulerOptions };
    const table = this.table;
    this.#parts = parts;
    this.clock = clock;
    this.scheduler = new Scheduler({
      driver: tellingOfMemory(driver, ({ attemptId, exitCode }) => {
        const isOurs = table.ofAttempt(attemptId)?.job.directory !== undefined;
        return isOurs && exitCode !== undefined && directories.outOfMemory.includes(exitCode);
      }),
      store: this.#renewing(store.taskStore(parts.cluster)),
      clock,
      options: schedulerOptions,
      signal: store.lost,
      listener: (notice) => {
        parts.onNotice?.(notice);
        this.#news.hear(notice);
      },
      ...(policy && { policy }),
      ...(parts.placements && { placements: parts.placements }),
      ...(parts.role !== undefined && { role: parts.role }),
    });
    const scheduler = this.scheduler;
    const ledger = new JobLedger({
      store,
      clock,
      eventsKept: options.eventsKept,
      storePatience: schedulerOptions.storePatience,
      onFatal: (error) => this.#stopAtOnce(error),
    });
    this.ledger = ledger;
    this.flows = new FlowDesk({
      driver,
      scheduler,
      ledger,
      table,
      clock,
      directory,
      directories,
      secretOf: (jobId) => this.secretOf(jobId),
      terms: runAs === undefined ? {} : { runAs },
      attemptsOwner: parts.attemptsOwner,
      planningAtOnce: options.planningAtOnce,
      deliveriesAtOnce: options.deliveriesAtOnce,
      strategyModules: parts.strategyModules ?? [],
      stopping: this.#stopping.signal,
    });
    this.splitChecks = new SplitChecks({
      modules: parts.strategyModules ?? [],
      owner: parts.attemptsOwner,
      runAs,
      stopping: this.#stopping.signal,
    });
    this.#news = new NewsDesk({
      table,
      ledger,
      flows: this.flows,
      onWarning: (message) => parts.onWarning?.(message),
      onStopped: (error) => this.#stopAtOnce(error),
    });
    this.#trash = new Trash({
      directory: path.join(directory, trashName),
      clock,
      onTrouble: (message) => parts.onWarning?.(message),
    });
    this.#reports =
      parts.demand &&
      new DemandReports({
        desk: parts.demand,
        demand: () => scheduler.demand(),
        onTrouble: (message) => parts.onWarning?.(message),
      });
    this.requests = new JobRequests({
      trash: this.#trash,
      newGeneration: this.newGeneration,
      scheduler,
      table,
      ledger,
      flows: this.flows,
      clock,
      removalPatience: options.removalPatience,
      cancelPatience: options.cancelPatience,
      stopping: this.#stopping.signal,
      onRemoval: async (attemptIds) => parts.onRemoval?.(attemptIds),
    });
    this.#retention = new Retention({
      table,
      clock,
      seconds: options.retention,
      remove: (entry) => this.requests.remove(entry),
      onFailure: (entry, error) =>
        parts.onWarning?.(
          `the job was kept for long enough, but could not be removed: ${error.message}`,
          entry.id,
        ),
    });
  }

  /** Reads what the store holds: from here on jobs can be looked at and taken. */
  async load(): Promise<void> {
    if (this.#state !== 'new') return;
    const { store, cluster } = this.#parts;
    const [jobs, records] = await Promise.all([store.jobs(), store.taskStore(cluster).load()]);
    this.table.restore(jobs, records, this.newGeneration);
    this.#state = 'loaded';
  }

  /**
   * Reaches the cluster, and goes on with what is to be done.
   * @throws what the store or the driver throw; {@link stop} it then, too.
   */
  async start(): Promise<void> {
    await this.load();
    const entries = [...this.table.entries];
    // What is paused, or waits to be tried again by request, must not begin because the scheduler does.
    const held = entries.filter((entry) => entry.isPaused || entry.isEnded).flatMap(openTasks);
    await this.scheduler.hold(held);
    this.#parts.store.lost.addEventListener('abort', this.#deposed, { once: true });
    await Promise.all(entries.map((entry) => this.#renew(entry)));
    await this.scheduler.load();
    this.#refuseIfOver();
    // From here on all can be asked for, however long the cluster stays away.
    this.#state = 'running';
    for (const entry of this.table.entries) this.goOn(entry);
    this.#retention.start();
    this.#trash.start();
    this.#reports?.start();
    void this.#tryOutSplits();
    this.ledger.prune();
    await this.scheduler.start();
    this.#refuseIfOver();
  }

  /** It may have been stopped while something was waited for. */
  #refuseIfOver(): void {
    if (this.#fatal) throw this.#fatal;
    this.#stopping.signal.throwIfAborted();
  }

  /** The first job that is split should not have to tell. */
  async #tryOutSplits(): Promise<void> {
    try {
      await this.splitChecks.tryOut();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#parts.onWarning?.(`no job that is split can be planned: ${messageOf(error)}`);
    }
  }

  /** What an earlier process left of a job may be of other settings. */
  async #renew(entry: JobEntry): Promise<void> {
    if (entry.isEnded && entry.decided.state !== 'error') return;
    try {
      await this.flows.renew(entry);
    } catch (error) {
      this.#parts.onWarning?.(`its script could not be made anew: ${messageOf(error)}`, entry.id);
    }
  }

  #renewing(store: TaskStore): TaskStore {
    return {
      commit: (changes) => store.commit(changes),
      load: async () => {
        const records = await store.load();
        return records.map((record) => ({ ...record, spec: this.flows.renewed(record.spec) }));
      },
    };
  }

  /** Ends the connection and leaves what runs to the next runner. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#retention.stop();
    this.#parts.store.lost.removeEventListener('abort', this.#deposed);
    const stopped = new JobServiceError('UNAVAILABLE', '', 'the runner has stopped');
    this.#stopping.abort(stopped);
    const running = [...this.table.entries].flatMap((entry) => entry.running ?? []);
    for (const { abort } of running) abort.abort(stopped);
    await Promise.all(running.map(({ done }) => done));
    try {
      await this.scheduler.close('disconnect');
      await this.requests.settled();
    } finally {
      await Promise.all([this.ledger.close(), this.#trash.stop(), this.#reports?.stop()]);
    }
  }

  /** Fires when the runner stops, for whatever reason. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** For a job whose tasks are not there yet. */
  readonly newGeneration = (): string => this.#parts.generation?.() ?? this.clock.now().toString(36);

  /** Opens the files of one job. */
  secretOf(jobId: string): string {
    return createHmac('sha256', this.#parts.secretKey).update(`staging ${jobId}`).digest('base64url');
  }

  /** Goes on with a job that was taken now or by an earlier runner, once this one runs. */
  goOn(entry: JobEntry): void {
    if (this.#state !== 'running') return;
    const { state } = entry.decided;
    if (entry.isEnded) {
      // One that was cancelled, or has ended, just before the process was killed. What is in error waits for a retry.
      if (state !== 'error')
        this.requests.endCancelled(entry).catch(() => {
          // The scheduler has stopped, and told so.
        });
      return;
    }
    for (const { attempts } of entry.book.tasks) {
      const last = attempts.at(-1);
      if (last?.startedAt !== undefined) this.#news.runs(entry, last);
    }
    if (!entry.isPaused || entry.book.counts.total > 0) this.flows.begin(entry);
  }

  /** @throws JobServiceError `UNAVAILABLE` unless it is in one of these states. */
  refuseUnless(...states: readonly string[]): void {
    if (states.includes(this.#state)) return;
    const why = this.#fatal ? `the runner has stopped: ${this.#fatal.message}` : 'the runner does not run';
    throw new JobServiceError('UNAVAILABLE', '', why);
  }

  readonly #deposed = (): void => this.#stopAtOnce(this.#parts.store.lost.reason);

  #stopAtOnce(thrown: unknown): void {
    if (this.#fatal) return;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#fatal = error;
    this.#state = 'stopped';
    this.ledger.abandon();
    this.#retention.stop();
    void this.#trash.stop();
    this.#stopping.abort(unavailable('', error));
    for (const { running } of this.table.entries) running?.abort.abort(error);
    this.scheduler.close('disconnect').catch(() => {
      // Nobody is there any more to whom it could matter.
    });
    this.#parts.onFatal?.(error);
  }
}

/** What whoever asks is told when something else than the request was wrong. */
export const unavailable = (jobId: string, error: unknown): JobServiceError =>
  new JobServiceError('UNAVAILABLE', jobId, `not now: ${messageOf(error)}`, { cause: error });
