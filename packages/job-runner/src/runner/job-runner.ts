import path from 'node:path';
import {
  type AgentView,
  isEnded,
  type Job,
  JobDescriptionError,
  type JobEvent,
  type JobQuery,
  JobServiceError,
  type JobView,
  type StagedJob,
  type StagedPart,
  type TaskView,
  type WaitingView,
} from '@galaxy-mesos/galaxy-jobs';
import { type FilePart, isFinal, isTerminal, type SchedulingPolicy } from '@galaxy-mesos/scheduler';
import { JobError } from '../job-error.ts';
import { scriptFiles } from '../task-script.ts';
import { JobEntry } from './job-entry.ts';
import { type LogPartQuery, type LogQuery, partOfLog, tailOfJob } from './job-logs.ts';
import { jobMetrics } from './job-metrics.ts';
import type { JobRunnerParts } from './job-runner-parts.ts';
import { partOfTask } from './part-of-task.ts';
import { RunnerEngine, unavailable } from './runner-engine.ts';
import { agentView, taskView, waitingView } from './views.ts';

/**
 * Runs many jobs over one scheduler, one driver and one store: it takes them, plans them, runs their tasks, moves what
 * they made into place, and tells of all that. What it has taken it never loses, whenever its process is killed.
 */
export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #engine: RunnerEngine;
  #submitted = 0;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
    this.#engine = new RunnerEngine(parts);
  }

  /** Reads what the store holds: from here on jobs can be looked at and taken. */
  load(): Promise<void> {
    return this.#engine.load();
  }

  /**
   * Reaches the cluster, and goes on with what is to be done.
   * @throws what the store or the driver throw; {@link stop} it then, too.
   */
  start(): Promise<void> {
    return this.#engine.start();
  }

  /** Ends the connection and leaves what runs to the next runner. */
  stop(): Promise<void> {
    return this.#engine.stop();
  }

  /**
   * Takes a job; it is durable when this resolves, and runs as soon as there is room.
   * @throws JobServiceError; JobDescriptionError if it cannot be split as it is described
   */
  async submit(job: Job, { paused = false }: { readonly paused?: boolean } = {}): Promise<JobView> {
    this.#engine.refuseUnless('loaded', 'running');
    checkJob(job);
    this.#engine.table.reserve(job.id);
    const state = paused ? 'paused' : 'new';
    const kept = { job, state, outcome: {}, createdAt: this.#engine.clock.now() } as const;
    const entry = new JobEntry(kept, this.#engine.newGeneration());
    try {
      await this.#engine.splitChecks.check(job);
      await this.#engine.ledger.add(entry, () => this.#engine.table.settle(job.id, entry));
    } catch (error) {
      this.#engine.table.settle(job.id);
      throw error instanceof JobDescriptionError ? error : unavailable(job.id, error);
    }
    this.#submitted++;
    this.#engine.goOn(entry);
    return entry.view();
  }

  job(jobId: string): JobView | undefined {
    return this.#engine.table.get(jobId)?.view();
  }

  /** The job as it was submitted. */
  described(jobId: string): Job | undefined {
    return this.#engine.table.get(jobId)?.job;
  }

  /** Oldest first, unless the query says otherwise. */
  jobs(query: JobQuery = {}): readonly JobView[] {
    return this.#engine.table.query(query);
  }

  tasks(jobId: string): readonly TaskView[] {
    const entry = this.#engine.table.need(jobId);
    return [...entry.book.tasks].map((task) => taskView(entry, task));
  }

  /**
   * Ends a job that is not wanted any more; one that has ended stays as it is. Resolves when that is durable, and a
   * little later where what it has made is soon in its directory.
   */
  cancel(jobId: string): Promise<JobView> {
    return this.#request(jobId, (entry) => this.#engine.requests.cancel(entry));
  }

  /** Nothing of the job is started any more until {@link resume}; what runs goes on. */
  pause(jobId: string): Promise<JobView> {
    return this.#request(jobId, (entry) => this.#engine.requests.pause(entry));
  }

  resume(jobId: string): Promise<JobView> {
    return this.#request(jobId, (entry) => this.#engine.requests.resume(entry));
  }

  /** Takes up a job in `error`: what is done stays done. */
  retry(jobId: string): Promise<JobView> {
    return this.#request(jobId, (entry) => this.#engine.requests.retry(entry));
  }

  /** Ends a job, waits until nothing of it runs, and forgets it with all files that were kept for it. */
  remove(jobId: string): Promise<void> {
    return this.#request(jobId, (entry) => this.#engine.requests.remove(entry));
  }

  /** Resolves when the job has ended, and all its files are in place. */
  async ended(jobId: string, signal?: AbortSignal): Promise<JobView> {
    const entry = this.#engine.table.need(jobId);
    const stopping = this.#engine.stopping;
    const either = signal ? AbortSignal.any([signal, stopping]) : stopping;
    await entry.until(() => isEnded(entry.shown.state), either);
    return entry.view();
  }

  /** The last bytes of what the latest attempt at a task (default: the first task) has written; `''` if nothing. */
  async tail(jobId: string, log: LogQuery): Promise<string> {
    const { driver, directories } = this.#parts;
    return tailOfJob(this.#engine.table.need(jobId), log, driver, directories);
  }

  /** What an attempt at a task has written from a place on, as much as is told at once; nothing if that is all. */
  async read(jobId: string, part: LogPartQuery): Promise<FilePart> {
    return partOfLog(this.#engine.table.need(jobId), part, this.#parts.driver);
  }

  /** Events as they happen, in order, each after it is durable; the answer ends that. The listener must not throw. */
  subscribe(listener: (event: JobEvent) => void): () => void {
    return this.#engine.ledger.subscribe(listener);
  }

  /** Events of the past, oldest first, as far as they are kept. */
  async events(query: { readonly after: number; readonly limit: number }): Promise<readonly JobEvent[]> {
    try {
      return await this.#engine.ledger.events(query);
    } catch (error) {
      throw unavailable('', error);
    }
  }

  agents(): readonly AgentView[] {
    return this.#engine.scheduler.agents().map(agentView);
  }

  /** Whether agents are brought up for what waits: others than those that are there may hold it. */
  get bringsAgents(): boolean {
    return this.#parts.demand !== undefined;
  }

  /** Tasks that wait and ask for the same, and why they wait. */
  waiting(): readonly WaitingView[] {
    return this.#engine.scheduler.explain().map((explained) => waitingView(explained, this.#engine.table));
  }

  /** Prometheus's text format. */
  async metrics(): Promise<string> {
    const { appended, ends } = this.#engine.ledger;
    const counts = { submitted: this.#submitted, events: appended, ends };
    return `${jobMetrics(this.#engine.table, counts)}${await this.#engine.scheduler.metrics.text()}`;
  }

  /** Where a job that has a directory keeps what its attempts need and make. */
  staged(jobId: string): StagedJob | undefined {
    const entry = this.#engine.table.get(jobId);
    const { directory } = entry?.job ?? {};
    if (!entry || directory === undefined) return undefined;
    const own = this.#engine.flows.directoryOf(jobId);
    return {
      directory,
      attempts: path.join(own, scriptFiles.attempts),
      script: this.#parts.directories.script(own),
      secret: this.#engine.secretOf(jobId),
      isOpen: (attemptId) => isOpen(entry, attemptId),
      part: (attemptId) => this.#part(entry, attemptId),
    };
  }

  /** Decides by another policy from now on; what runs goes on. */
  reconfigure(policy: Partial<SchedulingPolicy>): Promise<void> {
    return this.#engine.scheduler.reconfigure(policy);
  }

  async #part(entry: JobEntry, attemptId: string): Promise<StagedPart | undefined> {
    const own = this.#engine.flows.directoryOf(entry.id);
    const signal = entry.running?.abort.signal ?? this.#engine.stopping;
    try {
      return await this.#parts.directories.part(own, partOfTask(taskOfAttempt(attemptId)), signal);
    } catch (error) {
      if (!(error instanceof JobError)) throw unavailable(entry.id, error);
      throw new JobServiceError('REFUSED', entry.id, error.message, { cause: error });
    }
  }

  async #request<T>(jobId: string, work: (entry: JobEntry) => Promise<T>): Promise<T> {
    this.#engine.refuseUnless('running');
    const entry = this.#engine.table.need(jobId);
    try {
      return await work(entry);
    } catch (error) {
      throw error instanceof JobServiceError ? error : unavailable(jobId, error);
    }
  }
}

/** Letters, digits and a few signs: an id names a directory, and tasks of a cluster. */
const safeId = /^[A-Za-z0-9_][A-Za-z0-9._=+@-]{0,199}$/;

function checkJob({ id }: Job): void {
  if (safeId.test(id)) return;
  const rule = 'up to 200 letters, digits and . _ = + @ -, the first a letter, digit or _';
  throw new JobServiceError('REFUSED', id, `the id of a job names a directory: expected ${rule}`);
}

const taskOfAttempt = (attemptId: string): string => attemptId.slice(0, attemptId.lastIndexOf('-'));

/** So many attempts may follow one another before this process is told; each takes room for what it says. */
const mostUnknown = 3;

/**
 * Only the attempt that its task waits for. Of one that was launched just now the cluster may know, and the attempt ask
 * for its files, before this process is told; it has a higher number than any before.
 */
function isOpen(entry: JobEntry, attemptId: string): boolean {
  const task = entry.book.get(taskOfAttempt(attemptId));
  if (!task || entry.isEnded || isFinal(task.state)) return false;
  const digits = attemptId.slice(attemptId.lastIndexOf('-') + 1);
  const number = /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : 0;
  const last = task.attempts.at(-1);
  const newer = number - (last?.number ?? 0);
  if (newer > 0) return newer <= mostUnknown;
  return attemptId === last?.id && !isTerminal(last.state);
}
