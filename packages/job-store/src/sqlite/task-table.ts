import type { Row, TaskTable } from '../backend.ts';
import type { Database } from './database.ts';

/** Tasks and their attempts. */
export class SqliteTaskTable implements TaskTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  tasks(): Promise<readonly Row[]> {
    return this.#database.manyRows('SELECT state, document FROM tasks ORDER BY position');
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.manyRows('SELECT document FROM attempts');
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return this.#database.rows(sql).length > 0;
  }
}
