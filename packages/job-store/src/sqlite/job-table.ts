import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { JobTable, Row } from '../backend.ts';
import type { Database } from './database.ts';

/** Jobs and their states. */
export class SqliteJobTable implements JobTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async addJob(id: string, document: string): Promise<void> {
    const add = this.#database.prepare("INSERT INTO jobs (id, state, document) VALUES (?, 'new', ?)");
    await this.#database.transaction([() => add.run(id, document)]);
  }

  async setJobState(id: string, state: JobState): Promise<void> {
    const move = this.#database.prepare('UPDATE jobs SET state = ? WHERE id = ?');
    await this.#database.transaction([() => this.#database.changeOne(move, `the job ${id}`, [state, id])]);
  }

  async jobs(): Promise<readonly Row[]> {
    return this.#database.rows('SELECT state, document FROM jobs ORDER BY rowid');
  }
}
