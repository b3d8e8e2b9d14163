import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskRecord, TaskStore } from '@galaxy-mesos/scheduler';
import type { Backend } from './backend.ts';
import { CommitQueue } from './commit-queue.ts';
import { decodeAttempts, decodeJob, decodeTasks, encodeJob, encodeJobState } from './documents.ts';
import { StoreError, wordsOf } from './errors.ts';
import type { JobStore, StoredJob } from './job-store.ts';
import { sumUp } from './writes.ts';

/** Makes a {@link JobStore} of a backend: what is the same whatever the rows are kept in. */
export class DurableJobStore implements JobStore {
  readonly #backend: Backend;
  readonly #queue: CommitQueue;
  #closing: Promise<void> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#queue = new CommitQueue(async (changes) =>
      backend.tasks.write(await this.#encoded(() => sumUp(changes))),
    );
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
        if (changes.length > 0) await this.#queue.commit(changes.map((change) => ({ cluster, change })));
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
    return this.#run(async (backend) => {
      await backend.jobs.addJob(job.id, await this.#encoded(() => encodeJob(job)));
    });
  }

  setJobState(jobId: string, state: JobState): Promise<void> {
    return this.#run(async (backend) => {
      await backend.jobs.setJobState(jobId, await this.#encoded(() => encodeJobState(state)));
    });
  }

  jobs(): Promise<readonly StoredJob[]> {
    return this.#run(async (backend) => {
      const rows = await backend.jobs.jobs();
      return this.#decoded('jobs', () => rows.map(decodeJob));
    });
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

  async #run<T>(work: (backend: Backend) => Promise<T>): Promise<T> {
    this.#checkOpen();
    return this.#queue.run(() => work(this.#backend));
  }

  #checkOpen(): void {
    if (this.#closing) throw new StoreError('FAILED', this.location, 'it was closed; open it again');
  }

  async #encoded<T>(encode: () => T | Promise<T>): Promise<T> {
    try {
      return await encode();
    } catch (error) {
      throw new StoreError('FAILED', this.location, wordsOf(error), error);
    }
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
