import { type Job, type JobState, jobSchema, jobStates } from '@galaxy-mesos/galaxy-jobs';
import type { TaskStore } from '@galaxy-mesos/scheduler';
import { z } from 'zod';
import { Database } from './database.ts';
import { StoreError } from './errors.ts';
import { SqliteTaskStore } from './task-table.ts';

/** A job and what became of it so far. */
export interface StoredJob {
  readonly job: Job;
  readonly state: JobState;
}

const rowSchema = z.object({ document: z.string(), state: z.enum(jobStates) });

/**
 * Jobs, their tasks and attempts in one SQLite file. Only one process has it open at a time; a change is on
 * the disk when the call that made it returns.
 */
export class SqliteJobStore {
  readonly #database: Database;

  /**
   * Opens the file, makes it if it is not there, and brings it to this version's schema.
   * @throws StoreError `LOCKED`, `UNREADABLE` or `TOO_NEW`.
   */
  constructor(path: string) {
    this.#database = new Database(path);
  }

  /**
   * The store that a scheduler needs. `cluster` names the cluster it runs on, such as the MESOS_URL: a
   * framework id is valid only there.
   */
  taskStore(cluster: string): TaskStore {
    return new SqliteTaskStore(this.#database, cluster);
  }

  /** The framework as which tasks of this store were last launched on a cluster. */
  frameworkId(cluster: string): string | undefined {
    const statement = this.#database.prepare('SELECT framework_id FROM frameworks WHERE cluster = ?');
    const id = this.#database.read(() => statement.get(cluster))?.framework_id;
    return typeof id === 'string' ? id : undefined;
  }

  /** Forgets a framework that has ended. */
  forgetFramework(cluster: string): void {
    this.#run('DELETE FROM frameworks WHERE cluster = ?', cluster);
  }

  /** Adds a job, as `new`. @throws StoreError, also if there is one of this id. */
  addJob(job: Job): void {
    this.#run('INSERT INTO jobs (id, state, document) VALUES (?, ?, ?)', job.id, 'new', JSON.stringify(job));
  }

  /** @throws StoreError, also if there is no such job. */
  setJobState(jobId: string, state: JobState): void {
    this.#database.transaction(() => {
      const statement = this.#database.prepare('UPDATE jobs SET state = ? WHERE id = ?');
      this.#database.changeOne(statement, `the job ${jobId}`, [state, jobId]);
    });
  }

  /** All jobs, oldest first. */
  jobs(): readonly StoredJob[] {
    const statement = this.#database.prepare('SELECT document, state FROM jobs ORDER BY rowid');
    const rows = this.#database.read(() => statement.all());
    return rows.map((row) => this.#readJob(row));
  }

  /** Whether any task is done, or may be running still. */
  hasProgress(): boolean {
    const statement = this.#database.prepare(
      "SELECT 1 FROM tasks WHERE state IN ('finished', 'active') LIMIT 1",
    );
    return this.#database.read(() => statement.get()) !== undefined;
  }

  /** Lets other processes open the file. Nothing can be read or written any more. */
  close(): void {
    this.#database.close();
  }

  #run(sql: string, ...values: readonly string[]): void {
    this.#database.transaction(() => this.#database.prepare(sql).run(...values));
  }

  #readJob(row: unknown): StoredJob {
    try {
      const { document, state } = rowSchema.parse(row);
      return { job: jobSchema.parse(JSON.parse(document)), state };
    } catch (error) {
      throw new StoreError('UNREADABLE', this.#database.path, 'a row of the table jobs is damaged', error);
    }
  }
}
