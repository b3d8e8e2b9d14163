import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskChange, TaskRecord, TaskStore } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import type { KeptEvent, KeptJob, KeptOutcome, RunnerStore } from '../runner/runner-store.ts';

interface Waiting {
  readonly what: string;
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Keeps jobs in memory. Like a process that can be killed it can stop after any number of writes: nothing is written
 * then, and nobody is answered; {@link MemoryRunnerStore.reopened} has what there was.
 */
export class MemoryRunnerStore implements RunnerStore {
  readonly lost: AbortSignal;
  readonly #lost = new AbortController();
  #jobs = new Map<string, KeptJob>();
  #events: (KeptEvent & { readonly sequence: number })[] = [];
  #sequence = 0;
  readonly #taskStore = new MemoryTaskStore();
  readonly #waiting: Waiting[] = [];
  /** How many writes there were. */
  writes = 0;
  /** No more than so many writes take place. */
  killAfter = Number.POSITIVE_INFINITY;
  /** Is called before every write; one that throws is not made. */
  beforeWrite: (what: string) => void = () => {};
  /** Called when the last write that takes place did. */
  onKilled: () => void = () => {};

  constructor() {
    this.lost = this.#lost.signal;
  }

  /** Another process has it now. */
  depose(): void {
    this.#lost.abort(new Error('another process leads'));
  }

  /** What is durable now, as another process finds it. */
  async reopened(): Promise<MemoryRunnerStore> {
    const store = new MemoryRunnerStore();
    store.#jobs = new Map(this.#jobs);
    store.#events = [...this.#events];
    store.#sequence = this.#sequence;
    await store.#refill(await this.#taskStore.load());
    return store;
  }

  taskStore(_cluster: string): TaskStore {
    return {
      commit: (changes: readonly TaskChange[]) =>
        this.#write(`tasks ${changes.map(({ type }) => type).join(' ')}`, () => {
          void this.#taskStore.commit(changes);
        }),
      load: () => this.#taskStore.load(),
    };
  }

  async jobs(): Promise<readonly KeptJob[]> {
    return [...this.#jobs.values()];
  }

  addJob(job: Job): Promise<void> {
    return this.#write('job', () => {
      if (this.#jobs.has(job.id)) throw new Error(`there is a job ${job.id}`);
      this.#jobs.set(job.id, { job, state: 'new', outcome: {}, createdAt: 1 });
    });
  }

  setJobState(jobId: string, state: JobState, outcome: KeptOutcome): Promise<void> {
    return this.#write(`state ${state}`, () => {
      const kept = this.#jobs.get(jobId);
      if (!kept) throw new Error(`there is no job ${jobId}`);
      this.#jobs.set(jobId, { ...kept, state, outcome });
    });
  }

  removeJob(jobId: string, taskIds: readonly string[]): Promise<void> {
    return this.#write('removal', () => {
      this.#jobs.delete(jobId);
      void this.#taskStore.commit(taskIds.map((taskId) => ({ type: 'removed', taskId })));
    });
  }

  async appendEvents(events: readonly KeptEvent[]): Promise<readonly number[]> {
    const numbers: number[] = [];
    await this.#write('events', () => {
      for (const event of events) {
        this.#events.push({ ...event, sequence: ++this.#sequence });
        numbers.push(this.#sequence);
      }
    });
    return numbers;
  }

  async eventsAfter(sequence: number, limit: number) {
    return this.#events.filter((event) => event.sequence > sequence).slice(0, limit);
  }

  async pruneEvents(keep: number): Promise<void> {
    this.#events = this.#events.slice(-keep);
  }

  async #refill(records: readonly TaskRecord[]): Promise<void> {
    for (const { spec, state, attempts } of records) {
      const attempted = attempts.map((attempt) => ({ type: 'attempted', attempt }) as const);
      await this.#taskStore.commit([
        { type: 'added', spec },
        ...attempted,
        { type: 'moved', taskId: spec.id, state },
      ]);
    }
  }

  /** All that is asked for in one turn of the event loop is written together. */
  #write(what: string, write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ what, write, resolve, reject });
    });
  }

  #flush(): void {
    const waiting = this.#waiting.splice(0);
    if (this.writes >= this.killAfter) return;
    const written: Waiting[] = [];
    for (const one of waiting) {
      try {
        this.beforeWrite(one.what);
        one.write();
        written.push(one);
      } catch (error) {
        one.reject(error);
      }
    }
    if (written.length === 0) return;
    this.writes++;
    if (this.writes < this.killAfter) for (const { resolve } of written) resolve();
    else this.onKilled();
  }
}
