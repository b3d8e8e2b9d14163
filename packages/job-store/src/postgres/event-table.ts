import type { EventTable, Row } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** What happened, by number. */
export class PostgresEventTable implements EventTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async last(): Promise<number> {
    const [row] = await this.#database.read('SELECT coalesce(max(sequence), 0) FROM galaxy_mesos.events');
    return Number(row?.[0]);
  }

  async after(sequence: number, limit: number): Promise<readonly Row[]> {
    const sql = `SELECT sequence, job_id, time, document FROM galaxy_mesos.events
      WHERE sequence > $1 ORDER BY sequence LIMIT $2`;
    return this.#database.read(sql, [sequence, limit]);
  }

  async prune(sequence: number): Promise<void> {
    await this.#database.write('prune_events', [sequence]);
  }
}
