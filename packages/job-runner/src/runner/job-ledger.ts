import { isEnded, type JobEvent, JobServiceError, type JobState, mayBecome } from '@galaxy-mesos/galaxy-jobs';
import { type Clock, isTemporary } from '@galaxy-mesos/scheduler';
import type { JobEntry } from './job-entry.ts';
import type { KeptOutcome, RunnerStore } from './runner-store.ts';

/** What happened to a job, before it has a number and a time. */
export type Happening = JobEvent extends infer Event
  ? Event extends JobEvent
    ? Omit<Event, 'sequence' | 'time' | 'jobId' | 'owner'>
    : never
  : never;

/** What a {@link JobLedger} is made of. */
export interface JobLedgerParts {
  readonly store: RunnerStore;
  readonly clock: Clock;
  /** So many events are kept, and some more. */
  readonly eventsKept: number;
  /** Seconds that a store that cannot write for now is given. */
  readonly storePatience: number;
  /** The store cannot be written any more: nothing must happen that is not in it. */
  readonly onFatal: (error: unknown) => void;
}

const retryMilliseconds = 1000;

/** Makes durable where jobs stand and what happens to them, and then tells of it. */
export class JobLedger {
  readonly #parts: JobLedgerParts;
  readonly #listeners = new Set<(event: JobEvent) => void>();
  readonly #writing = new Set<Promise<unknown>>();
  readonly #ends = new Map<JobState, number>();
  #isClosed = false;
  #appended = 0;

  constructor(parts: JobLedgerParts) {
    this.#parts = parts;
  }

  /** How many events there were since the runner began. */
  get appended(): number {
    return this.#appended;
  }

  /** How many jobs came to which end since the runner began. */
  get ends(): ReadonlyMap<JobState, number> {
    return this.#ends;
  }

  /** Tells of every event from now on; the answer ends that. */
  subscribe(listener: (event: JobEvent) => void): () => void {
    const own = (event: JobEvent) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Events of the past, as far as they are kept. */
  async events(query: { readonly after: number; readonly limit: number }): Promise<readonly JobEvent[]> {
    const kept = await this.#parts.store.eventsAfter(query.after, query.limit);
    return kept.flatMap(({ document, sequence }) => (isEvent(document) ? [{ ...document, sequence }] : []));
  }

  /** Forgets events of the past that need not be kept. */
  prune(): void {
    this.#watch(this.#parts.store.pruneEvents(this.#parts.eventsKept)).catch(() => {
      // What is kept too long harms nobody; the next time is soon, and a store that is broken tells so by itself.
    });
  }

  /** Takes in a new job. Not tried again: whoever submits it hears of it at once. */
  async add(entry: JobEntry, onDurable: () => void): Promise<void> {
    const { store } = this.#parts;
    const { state, outcome } = entry.decided;
    const added = store.addJob(entry.job);
    const moved = state === 'new' ? undefined : store.setJobState(entry.id, state, outcome);
    const told = this.#append([{ entry, happening: { type: 'job', job: entry.view() } }], onDurable);
    await settledAll([added, moved, told]);
  }

  /**
   * The job came into a state, or more is known of how it stands. Resolves when that is durable, and told.
   * @throws JobServiceError `WRONG_STATE` if that cannot follow on the state in which it is.
   */
  async move(entry: JobEntry, state: JobState, outcome: KeptOutcome = entry.decided.outcome): Promise<void> {
    const { state: before } = entry.decided;
    if (state !== before && !mayBecome(before, state))
      throw new JobServiceError(
        'WRONG_STATE',
        entry.id,
        `the job ${entry.id} is ${before}, not to be ${state}`,
      );
    entry.decided = { state, outcome };
    await this.#durably(async () => {
      // While a store could not write, the job may have come further: that is what is to be there in the end.
      const { decided } = entry;
      if (entry.shown === decided) return;
      const happening: Happening = { type: 'job', job: entry.view(decided) };
      await settledAll([
        this.#parts.store.setJobState(entry.id, decided.state, decided.outcome),
        this.#append([{ entry, happening }], () => entry.show(decided)),
      ]);
    });
    if (isEnded(state)) this.#ends.set(state, (this.#ends.get(state) ?? 0) + 1);
  }

  /** Something happened to tasks of a job that is durable itself. */
  tell(entry: JobEntry, happenings: readonly Happening[]): void {
    if (this.#isClosed) return;
    this.#durably(() => this.#append(happenings.map((happening) => ({ entry, happening })))).catch(() => {
      // It was told as fatal, or the ledger is closed.
    });
  }

  /** Nothing is known of the job any more. */
  async remove(entry: JobEntry, taskIds: readonly string[]): Promise<void> {
    await this.#durably(() =>
      settledAll([
        this.#parts.store.removeJob(entry.id, taskIds),
        this.#append([{ entry, happening: { type: 'removed' } }]),
      ]),
    );
  }

  /** Writes nothing more; resolves when what was being written is there or not. */
  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled([...this.#writing]);
    this.#isClosed = true;
  }

  /** Writes nothing more, from now on. */
  abandon(): void {
    this.#isClosed = true;
  }

  async #append(
    news: readonly { readonly entry: JobEntry; readonly happening: Happening }[],
    onDurable: () => void = () => {},
  ): Promise<void> {
    const { store, clock } = this.#parts;
    const time = clock.now();
    const events = news.map(({ entry, happening }) => {
      const { owner } = entry.job;
      return { time, jobId: entry.id, ...(owner !== undefined && { owner }), ...happening };
    });
    const sequences = await store.appendEvents(
      events.map((document) => ({ jobId: document.jobId, time, document })),
    );
    onDurable();
    for (const [index, event] of events.entries()) {
      const sequence = sequences[index];
      if (sequence !== undefined) this.#tell({ ...event, sequence });
    }
    this.#count(events.length);
  }

  #tell(event: JobEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #count(events: number): void {
    const { eventsKept } = this.#parts;
    const every = Math.max(100, Math.floor(eventsKept / 10));
    const isDue = Math.floor((this.#appended + events) / every) > Math.floor(this.#appended / every);
    this.#appended += events;
    if (isDue && !this.#isClosed) this.prune();
  }

  /** Tries again for some time while the store cannot write. */
  async #durably(write: () => Promise<unknown>): Promise<void> {
    const { clock, storePatience, onFatal } = this.#parts;
    const began = clock.elapsed();
    for (;;) {
      if (this.#isClosed) throw new Error('the runner has stopped, and writes nothing more');
      try {
        await this.#watch(write());
        return;
      } catch (error) {
        if (this.#isClosed) throw error;
        const isHopeless = !isTemporary(error) || clock.elapsed() - began >= storePatience * 1000;
        if (isHopeless) {
          onFatal(error);
          throw error;
        }
      }
      await new Promise<void>((resolve) => clock.after(retryMilliseconds, resolve));
    }
  }

  #watch<T>(writing: Promise<T>): Promise<T> {
    this.#writing.add(writing);
    const done = () => void this.#writing.delete(writing);
    writing.then(done, done);
    return writing;
  }
}

/** As Promise.all, but what else fails is not unhandled, and nothing is under way any more when it answers. */
async function settledAll(promises: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

const types: ReadonlySet<unknown> = new Set<JobEvent['type']>([
  'job',
  'task',
  'attempt',
  'merging',
  'removed',
]);

/** Whether it is one that this version, or one like it, has written. */
const isEvent = (document: unknown): document is JobEvent =>
  typeof document === 'object' && document !== null && 'type' in document && types.has(document.type);
