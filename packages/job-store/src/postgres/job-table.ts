import type { JobTable, Row } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** Jobs and what became of them. */
export class PostgresJobTable implements JobTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  jobs(): Promise<readonly Row[]> {
    const sql =
      'SELECT state, document, outcome, created_at, updated_at FROM galaxy_mesos.jobs ORDER BY position';
    return this.#database.read(sql);
  }
}
