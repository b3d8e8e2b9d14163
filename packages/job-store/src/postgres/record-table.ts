import type { RecordTable, Row } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** What doors remember. */
export class PostgresRecordTable implements RecordTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  records(kind: string): Promise<readonly Row[]> {
    const sql = 'SELECT key, value FROM galaxy_mesos.records WHERE kind = $1 ORDER BY position';
    return this.#database.read(sql, [kind]);
  }
}
