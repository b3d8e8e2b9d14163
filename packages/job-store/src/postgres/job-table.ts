import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { JobTable, Row } from '../backend.ts';
import { type Database, readMilliseconds } from './database.ts';
import type { Writer } from './writer.ts';

/** Jobs and their states. */
export class PostgresJobTable implements JobTable {
  readonly #database: Database;
  readonly #writer: Writer;

  constructor(database: Database, writer: Writer) {
    this.#database = database;
    this.#writer = writer;
  }

  async addJob(id: string, document: string): Promise<void> {
    await this.#writer.write('add_job', [id, document]);
  }

  async setJobState(id: string, state: JobState): Promise<void> {
    await this.#writer.write('set_job_state', [id, state]);
  }

  jobs(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document FROM galaxy_mesos.jobs ORDER BY position';
    return this.#database.query(sql, [], readMilliseconds);
  }
}
