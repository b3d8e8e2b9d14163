import {
  type AgentView,
  isEnded,
  type Job,
  type JobEvent,
  type JobQuery,
  JobServiceError,
  type JobState,
  type JobView,
  type StagedJob,
  type TaskView,
  type WaitingView,
} from '@galaxy-mesos/galaxy-jobs';
import type { JobService, LogPart } from '../src/job-service.ts';

type Happening = JobEvent extends infer Event
  ? Event extends JobEvent
    ? Omit<Event, 'sequence' | 'time' | 'owner'>
    : never
  : never;

const counts = { total: 1, waiting: 1, active: 0, finished: 0, failed: 0, cancelled: 0 };

/** A `JobService` that runs nothing: tests say what happens to its jobs. */
export class FakeJobService implements JobService {
  readonly #jobs = new Map<string, { job: Job; view: JobView; tasks: TaskView[] }>();
  readonly #listeners = new Set<(event: JobEvent) => void>();
  readonly #events: JobEvent[] = [];
  #sequence = 0;
  /** Grows by one with everything that happens: the time of this service. */
  #now = 1_800_000_000_000;
  /** Thrown by the next call of a method that does something. */
  failure: Error | undefined;
  readonly logs = new Map<string, string>();
  /** By the id of the attempt and the stream; see {@link write}. */
  readonly written = new Map<string, Buffer>();
  /** Thrown by each reading of what was written. */
  unreadable: Error | undefined;
  readonly stagedJobs = new Map<string, StagedJob>();
  /** Jobs are gone when this resolves. */
  removable: Promise<void> | undefined;
  /** How many were begun. */
  removals = 0;
  bringsAgents = false;
  agentViews: readonly AgentView[] = [];
  waitingViews: readonly WaitingView[] = [];

  async submit(job: Job, { paused = false }: { readonly paused?: boolean } = {}): Promise<JobView> {
    this.#fail();
    if (this.#jobs.has(job.id)) {
      throw new JobServiceError('DUPLICATE_JOB', job.id, `there is a job ${job.id} already`);
    }
    const { id, name, owner, user, queue, priority = 0, resources, container } = job;
    const view: JobView = {
      ...{ id, name, priority, resources, state: paused ? 'paused' : 'queued' },
      ...(owner !== undefined && { owner }),
      ...(user !== undefined && { user }),
      ...(queue !== undefined && { queue }),
      ...(container !== undefined && { container }),
      createdAt: this.#now,
      tasks: counts,
    };
    const task: TaskView = { id: `${id}-0`, jobId: id, name: 'whole', state: 'waiting', attempts: [] };
    this.#jobs.set(id, { job, view, tasks: [task] });
    this.#tell({ jobId: id, type: 'job', job: view }, owner);
    return view;
  }

  job(jobId: string): JobView | undefined {
    return this.#jobs.get(jobId)?.view;
  }

  described(jobId: string): Job | undefined {
    return this.#jobs.get(jobId)?.job;
  }

  jobs({ owner, user, states, order, after, limit }: JobQuery = {}): readonly JobView[] {
    const all = [...this.#jobs.values()].map(({ view }) => view);
    if (order === 'youngest') all.reverse();
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return all
      .slice(start)
      .filter((view) => owner === undefined || view.owner === owner)
      .filter((view) => user === undefined || view.user === user)
      .filter((view) => states === undefined || states.includes(view.state))
      .slice(0, limit);
  }

  tasks(jobId: string): readonly TaskView[] {
    return this.#jobs.get(jobId)?.tasks ?? [];
  }

  async cancel(jobId: string): Promise<JobView> {
    this.#fail();
    const view = this.#known(jobId).view;
    return isEnded(view.state) ? view : this.change(jobId, 'deleted');
  }

  pause(jobId: string): Promise<JobView> {
    return this.#move(jobId, ['new', 'queued', 'running', 'paused'], 'paused');
  }

  resume(jobId: string): Promise<JobView> {
    return this.#move(jobId, ['paused'], 'queued');
  }

  retry(jobId: string): Promise<JobView> {
    return this.#move(jobId, ['error'], 'queued');
  }

  async remove(jobId: string): Promise<void> {
    this.#fail();
    const { owner } = this.#known(jobId).view;
    this.removals++;
    await this.removable;
    this.#jobs.delete(jobId);
    this.#tell({ jobId, type: 'removed' }, owner);
  }

  async ended(jobId: string, signal?: AbortSignal): Promise<JobView> {
    const { promise, resolve, reject } = Promise.withResolvers<JobView>();
    const look = () => {
      const view = this.#jobs.get(jobId)?.view;
      if (!view) reject(new JobServiceError('UNKNOWN_JOB', jobId, `there is no job ${jobId}`));
      else if (isEnded(view.state)) resolve(view);
    };
    const stop = this.subscribe(look);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    look();
    try {
      return await promise;
    } finally {
      stop();
      signal?.removeEventListener('abort', abort);
    }
  }

  async tail(
    jobId: string,
    { taskId, stream, maximumBytes }: Parameters<JobService['tail']>[1],
  ): Promise<string> {
    this.#fail();
    this.#known(jobId);
    const text = this.logs.get(`${taskId ?? `${jobId}-0`} ${stream}`) ?? '';
    return Buffer.from(text).subarray(-maximumBytes).toString();
  }

  async read(
    jobId: string,
    { attemptId, stream, from, maximumBytes }: Parameters<JobService['read']>[1],
  ): Promise<LogPart> {
    this.#known(jobId);
    if (this.unreadable) throw this.unreadable;
    const all = this.written.get(`${attemptId} ${stream}`) ?? Buffer.alloc(0);
    return { bytes: all.subarray(from, from + maximumBytes), size: all.length };
  }

  subscribe(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async events({ after, limit }: { readonly after: number; readonly limit: number }) {
    this.#fail();
    return this.#events.filter(({ sequence }) => sequence > after).slice(0, limit);
  }

  agents(): readonly AgentView[] {
    return this.agentViews;
  }

  waiting(): readonly WaitingView[] {
    return this.waitingViews;
  }

  async metrics(): Promise<string> {
    this.#fail();
    return '# TYPE galaxy_mesos_jobs gauge\ngalaxy_mesos_jobs 1\n';
  }

  staged(jobId: string): StagedJob | undefined {
    return this.stagedJobs.get(jobId);
  }

  /** A job changes its state, as if it were run. */
  change(jobId: string, state: JobState, more: Partial<JobView> = {}): JobView {
    const entry = this.#known(jobId);
    entry.view = {
      ...entry.view,
      ...(state === 'running' && { startedAt: this.#now }),
      ...(isEnded(state) && { endedAt: this.#now }),
      ...{ state, ...more },
    };
    this.#tell({ jobId, type: 'job', job: entry.view }, entry.view.owner);
    return entry.view;
  }

  /** An attempt at the job's one task begins. */
  beginAttempt(jobId: string): void {
    const entry = this.#known(jobId);
    entry.tasks = entry.tasks.map((task) => {
      const number = task.attempts.length + 1;
      const place = { agentId: 'a1', hostname: 'node-1', state: 'TASK_RUNNING', launchedAt: this.#now };
      return { ...task, attempts: [...task.attempts, { id: `${task.id}-${number}`, number, ...place }] };
    });
  }

  /** The latest attempt at the job's one task writes something. */
  write(jobId: string, text: string | Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (!this.tasks(jobId)[0]?.attempts.length) this.beginAttempt(jobId);
    const key = `${this.tasks(jobId)[0]?.attempts.at(-1)?.id} ${stream}`;
    this.written.set(key, Buffer.concat([this.written.get(key) ?? Buffer.alloc(0), Buffer.from(text)]));
  }

  /** What was tried of a job's tasks. */
  setTasks(jobId: string, tasks: readonly TaskView[]): void {
    this.#known(jobId).tasks = [...tasks];
  }

  /** As if a store had kept no more than the newest events. */
  forgetEvents(keep: number): void {
    this.#events.splice(0, Math.max(0, this.#events.length - keep));
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async #move(jobId: string, from: readonly JobState[], to: JobState): Promise<JobView> {
    this.#fail();
    const { state } = this.#known(jobId).view;
    if (from.includes(state)) return this.change(jobId, to);
    throw new JobServiceError('WRONG_STATE', jobId, `job ${jobId} is ${state}`);
  }

  #known(jobId: string): { job: Job; view: JobView; tasks: TaskView[] } {
    const entry = this.#jobs.get(jobId);
    if (entry) return entry;
    throw new JobServiceError('UNKNOWN_JOB', jobId, `there is no job ${jobId}`);
  }

  #fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  #tell(happening: Happening, owner: string | undefined): void {
    const event = {
      ...happening,
      ...(owner !== undefined && { owner }),
      sequence: ++this.#sequence,
      time: this.#now++,
    } satisfies JobEvent;
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** A job that a test submits; what is given takes the place of what it says by itself. */
export const exampleJob = (changes: Partial<Job> = {}): Job => ({
  id: 'job-1',
  name: 'count',
  command: 'wc -l < /data/reads.fa',
  shell: '/bin/sh',
  inputs: [],
  outputs: [],
  environment: {},
  resources: { cpus: 1, mem: 256, disk: 0 },
  retries: 0,
  stdio: { exitCodes: [], failOnStderr: false, failOnPhrases: [] },
  ...changes,
});

/** What a client sends to have such a job run. */
export const exampleDocument = {
  id: 'job-1',
  name: 'count',
  command: 'date',
  resources: { mem: 256 },
} as const;
