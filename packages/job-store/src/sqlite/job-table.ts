import type { JobTable, Row } from '../backend.ts';
import type { Database } from './database.ts';

/** Jobs and what became of them. */
export class SqliteJobTable implements JobTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  jobs(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document, outcome, created_at, updated_at FROM jobs ORDER BY rowid';
    return this.#database.manyRows(sql);
  }
}
