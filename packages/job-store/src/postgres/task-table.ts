import type { Row, TaskTable } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** Tasks and their attempts. */
export class PostgresTaskTable implements TaskTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  tasks(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document FROM galaxy_mesos.tasks ORDER BY position';
    return this.#database.read(sql);
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.read('SELECT document FROM galaxy_mesos.attempts');
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM galaxy_mesos.tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return (await this.#database.read(sql)).length > 0;
  }
}
