import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskRecord, TaskStore } from '@galaxy-mesos/scheduler';
import type { Backend } from './backend.ts';
import { CommitQueue } from './commit-queue.ts';
import {
  checkId,
  decodeAttempts,
  decodeEvent,
  decodeJob,
  decodeRecord,
  decodeTasks,
  encodeAnything,
  encodeJob,
  encodeJobState,
  encodeOutcome,
} from './documents.ts';
import { StoreError, wordsOf } from './errors.ts';
import type { JobStore, NewEvent, RecordStore, StoredEvent, StoredJob } from './job-store.ts';
import type { JobOutcome } from './schemas.ts';
import { sumUp } from './sum-up.ts';
import { forEachInTurns } from './turns.ts';
import type { EventRow, StoreChange } from './writes.ts';

/** Makes a {@link JobStore} of a backend: what is the same whatever the rows are kept in. */
export class DurableJobStore implements JobStore {
  readonly #backend: Backend;
  readonly #queue: CommitQueue;
  #closing: Promise<void> | undefined;
  /** The highest number of an event, once it was needed. */
  #lastEvent: number | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#queue = new CommitQueue((changes) => this.#write(changes));
  }

  get location(): string {
    return this.#backend.location;
  }

  get term(): number {
    return this.#backend.leadership.term;
  }

  get lost(): AbortSignal {
    return this.#backend.leadership.lost;
  }

  taskStore(cluster: string): TaskStore {
    return {
      commit: async (changes) => {
        this.#checkOpen();
        if (changes.length === 0) return;
        await this.#queue.commit(changes.map((change) => ({ type: 'task', cluster, change })));
      },
      load: () => this.#run(() => this.#load()),
    };
  }

  frameworkId(cluster: string): Promise<string | undefined> {
    return this.#run((backend) => backend.frameworks.framework(cluster));
  }

  forgetFramework(cluster: string): Promise<void> {
    return this.#run((backend) => backend.frameworks.forgetFramework(cluster));
  }

  strandedTasks(cluster: string): Promise<number> {
    return this.#run((backend) => backend.frameworks.strandedTasks(cluster));
  }

  addJob(job: Job): Promise<void> {
    return this.#commit(() => ({
      type: 'job-added',
      job: { id: job.id, document: encodeJob(job), time: Date.now() },
    }));
  }

  setJobState(jobId: string, state: JobState, outcome?: JobOutcome): Promise<void> {
    return this.#commit(() => ({
      type: 'job-moved',
      id: jobId,
      move: {
        state: encodeJobState(state),
        ...(outcome && { outcome: encodeOutcome(outcome) }),
        time: Date.now(),
      },
    }));
  }

  removeJob(jobId: string, taskIds: readonly string[]): Promise<void> {
    return this.#commit(() => ({ type: 'job-removed', id: jobId, taskIds }));
  }

  jobs(): Promise<readonly StoredJob[]> {
    return this.#run(async (backend) => {
      const rows = await backend.jobs.jobs();
      const jobs: StoredJob[] = [];
      await this.#decoded('jobs', () => forEachInTurns(rows, (row) => jobs.push(decodeJob(row))));
      return jobs;
    });
  }

  async appendEvents(events: readonly NewEvent[]): Promise<readonly number[]> {
    this.#checkOpen();
    const rows = this.#encoded(() => events.map(eventRow));
    if (rows.length > 0) await this.#queue.commit(rows.map((event) => ({ type: 'event', event })));
    return rows.map(({ sequence }) => sequence);
  }

  eventsAfter(sequence: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#run(async (backend) => {
      const rows = await backend.events.after(sequence, limit);
      return this.#decoded('events', () => rows.map(decodeEvent));
    });
  }

  lastEvent(): Promise<number> {
    return this.#run(() => this.#findLastEvent());
  }

  pruneEvents(keep: number): Promise<void> {
    return this.#run(async (backend) => {
      // The last one stays, because its number must be known to whoever opens the store next.
      await backend.events.prune((await this.#findLastEvent()) - Math.max(keep, 1));
    });
  }

  records(kind: string): RecordStore {
    return {
      load: () =>
        this.#run(async (backend) => {
          const rows = await backend.records.records(kind);
          return this.#decoded('records', () => rows.map(decodeRecord));
        }),
      put: (key, value) =>
        this.#commit(() => {
          checkId(key, 'record');
          return {
            type: 'record-put',
            record: { kind, key, value: encodeAnything(value, `the record ${key}`) },
          };
        }),
      delete: (key) => this.#commit(() => ({ type: 'record-deleted', record: { kind, key } })),
    };
  }

  hasProgress(): Promise<boolean> {
    return this.#run((backend) => backend.tasks.hasProgress());
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.run(() => this.#backend.close());
    return this.#closing;
  }

  async #load(): Promise<readonly TaskRecord[]> {
    const attempts = await this.#backend.tasks.attempts();
    const byTask = await this.#decoded('attempts', () => decodeAttempts(attempts));
    const tasks = await this.#backend.tasks.tasks();
    return this.#decoded('tasks', () => decodeTasks(tasks, byTask));
  }

  /** Encodes before anything is waited for, so that what is wrong fails by itself, and what changes later does not matter. */
  async #commit(change: () => StoreChange): Promise<void> {
    this.#checkOpen();
    await this.#queue.commit([this.#encoded(change)]);
  }

  async #write(changes: readonly StoreChange[]): Promise<void> {
    const writes = await sumUp(changes).catch((error: unknown) => this.#refuse(error));
    const events = writes.flatMap((one) => one.events);
    if (events.length === 0) return this.#backend.writer.write(writes);
    // What fails leaves no gap: the numbers go to the next ones.
    let sequence = await this.#findLastEvent();
    for (const event of events) event.sequence = ++sequence;
    await this.#backend.writer.write(writes);
    this.#lastEvent = sequence;
  }

  async #findLastEvent(): Promise<number> {
    this.#lastEvent ??= await this.#backend.events.last();
    return this.#lastEvent;
  }

  async #run<T>(work: (backend: Backend) => Promise<T>): Promise<T> {
    this.#checkOpen();
    return this.#queue.run(() => work(this.#backend));
  }

  #checkOpen(): void {
    if (this.#closing) throw new StoreError('FAILED', this.location, 'it was closed; open it again');
  }

  #encoded<T>(encode: () => T): T {
    try {
      return encode();
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): never {
    throw new StoreError('FAILED', this.location, wordsOf(error), error);
  }

  async #decoded<T>(table: string, decode: () => T | Promise<T>): Promise<T> {
    try {
      return await decode();
    } catch (error) {
      const message = `a row of the table ${table} is damaged: ${wordsOf(error)}`;
      throw new StoreError('UNREADABLE', this.location, message, error);
    }
  }
}

function eventRow({ jobId, time, document }: NewEvent): EventRow {
  checkId(jobId, 'job');
  return { jobId, time, document: encodeAnything(document, `an event of the job ${jobId}`), sequence: 0 };
}
