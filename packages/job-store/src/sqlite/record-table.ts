import type { RecordTable, Row } from '../backend.ts';
import type { Database } from './database.ts';

/** What doors remember. */
export class SqliteRecordTable implements RecordTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async records(kind: string): Promise<readonly Row[]> {
    return this.#database.rows('SELECT key, value FROM records WHERE kind = ? ORDER BY position', kind);
  }
}
