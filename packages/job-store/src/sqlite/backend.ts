import type { Backend, Opener } from '../backend.ts';
import { Database } from './database.ts';
import { SqliteEventTable } from './event-table.ts';
import { SqliteFrameworkTable } from './framework-table.ts';
import { SqliteJobTable } from './job-table.ts';
import { SqliteLeadership } from './leadership.ts';
import { SqliteRecordTable } from './record-table.ts';
import { SqliteTaskTable } from './task-table.ts';
import { SqliteWriter } from './writer.ts';

/** Opens a file, which is made if it is not there. */
export const sqliteOpener = (file: string): Opener => ({
  open: async () => openSqlite(file),
  giveUp: async () => {},
});

/** @throws StoreError `LOCKED`, `UNREADABLE` or `TOO_NEW`. */
function openSqlite(file: string): Backend {
  const database = new Database(file);
  try {
    return {
      location: file,
      leadership: new SqliteLeadership(database),
      writer: new SqliteWriter(database),
      tasks: new SqliteTaskTable(database),
      jobs: new SqliteJobTable(database),
      events: new SqliteEventTable(database),
      records: new SqliteRecordTable(database),
      frameworks: new SqliteFrameworkTable(database),
      close: async () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
