import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { JobTable, Row } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** Jobs and their states. */
export class PostgresJobTable implements JobTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async addJob(id: string, document: string): Promise<void> {
    await this.#database.write('add_job', [id, document]);
  }

  async setJobState(id: string, state: JobState): Promise<void> {
    await this.#database.write('set_job_state', [id, state]);
  }

  jobs(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document FROM galaxy_mesos.jobs ORDER BY position';
    return this.#database.read(sql);
  }
}
