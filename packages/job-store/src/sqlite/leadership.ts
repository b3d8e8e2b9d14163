import type { Leadership } from '../backend.ts';
import { StoreError } from '../errors.ts';
import type { Database } from './database.ts';

/** Whoever has the file open leads: SQLite's lock is held until the process ends, and is never lost before. */
export class SqliteLeadership implements Leadership {
  readonly term: number;
  readonly lost = new AbortController().signal;

  /** Begins a term. @throws StoreError */
  constructor(database: Database) {
    const [row] = database.rows('UPDATE leadership SET term = term + 1 RETURNING term');
    const term = row?.[0];
    if (typeof term !== 'number')
      throw new StoreError('UNREADABLE', database.location, 'the table leadership is damaged: it has no row');
    this.term = term;
  }
}
