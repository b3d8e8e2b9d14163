import type { EventTable, Row } from '../backend.ts';
import type { Database } from './database.ts';

/** What happened, by number. */
export class SqliteEventTable implements EventTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async last(): Promise<number> {
    const [row] = this.#database.rows('SELECT coalesce(max(sequence), 0) FROM events');
    return Number(row?.[0]);
  }

  async after(sequence: number, limit: number): Promise<readonly Row[]> {
    const sql =
      'SELECT sequence, job_id, time, document FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?';
    return this.#database.rows(sql, sequence, limit);
  }

  async prune(sequence: number): Promise<void> {
    const remove = this.#database.prepare('DELETE FROM events WHERE sequence <= ?');
    await this.#database.transaction([() => remove.run(sequence)]);
  }
}
