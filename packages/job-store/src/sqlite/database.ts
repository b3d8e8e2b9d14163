import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Row } from '../backend.ts';
import { StoreError } from '../errors.ts';
import { forEachInTurns } from '../turns.ts';
import { toStoreError } from './errors.ts';
import { Log } from './log.ts';
import { migrations } from './migrations.ts';

/** What a column holds. */
export type Value = string | number | null;

/** A statement that was compiled. */
export type Statement = ReturnType<DatabaseSync['prepare']>;

/** A SQLite file at the schema of this version, locked against other processes for as long as it is open. */
export class Database {
  readonly location: string;
  readonly #sqlite: DatabaseSync;
  /** Absent where the file system cannot have one: then SQLite waits for the disk by itself. */
  readonly #log: Log | undefined;

  /** @throws StoreError `LOCKED`, `UNREADABLE` or `TOO_NEW`. */
  constructor(location: string) {
    this.location = location;
    try {
      makePrivate(location);
      this.#sqlite = new DatabaseSync(location);
    } catch (error) {
      throw toStoreError(error, location);
    }
    try {
      // The lock goes with the process, however that ends: a store is never left locked by `kill -9`.
      this.#sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;');
      const mode = this.#sqlite.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
      this.#migrate();
      this.#log = mode === 'wal' ? new Log(location) : undefined;
      // From here on it is the log that is waited for, without holding up everything else in this process.
      if (this.#log) this.#sqlite.exec('PRAGMA synchronous = NORMAL');
    } catch (error) {
      this.#sqlite.close();
      throw toStoreError(error, location);
    }
  }

  /**
   * Runs statements that either all take effect or none. Where there are many it lets others have their turn in
   * between; until it is done no other call may be made. @throws StoreError
   */
  async transaction(steps: Iterable<() => void>): Promise<void> {
    try {
      this.#sqlite.exec('BEGIN IMMEDIATE');
      try {
        await forEachInTurns(steps, (step) => step());
        this.#log?.check();
        this.#sqlite.exec('COMMIT');
      } catch (error) {
        // SQLite may have rolled back by itself, as it does when the disk is full.
        if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
        throw error;
      }
      await this.#log?.sync();
    } catch (error) {
      throw toStoreError(error, this.location);
    }
  }

  /** All rows of a statement that only reads. @throws StoreError */
  rows(sql: string, ...values: readonly Value[]): readonly Row[] {
    try {
      const statement = this.#sqlite.prepare(sql);
      statement.setReturnArrays(true);
      // The types do not know of setReturnArrays.
      return statement.all(...values) as unknown as readonly Row[];
    } catch (error) {
      throw toStoreError(error, this.location);
    }
  }

  /** As {@link rows}, for many: others have their turn in between, and until it is done no other call may be made. */
  async manyRows(sql: string): Promise<readonly Row[]> {
    try {
      const statement = this.#sqlite.prepare(sql);
      statement.setReturnArrays(true);
      const rows: Row[] = [];
      await forEachInTurns(statement.iterate() as unknown as Iterable<Row>, (row) => rows.push(row));
      return rows;
    } catch (error) {
      throw toStoreError(error, this.location);
    }
  }

  /** @throws StoreError */
  prepare(sql: string): Statement {
    try {
      return this.#sqlite.prepare(sql);
    } catch (error) {
      throw toStoreError(error, this.location);
    }
  }

  /** Runs a statement that must change exactly one row; `what` names that for the message. @throws StoreError */
  changeOne(statement: Statement, what: string, values: readonly Value[]): void {
    const { changes } = statement.run(...values);
    if (changes !== 1) throw new StoreError('FAILED', this.location, `${what} is not there`);
  }

  close(): void {
    if (this.#sqlite.isOpen) this.#sqlite.close();
    this.#log?.close();
  }

  #migrate(): void {
    const row = this.#sqlite.prepare('PRAGMA user_version').get();
    const version = Number(row?.user_version ?? 0);
    if (version > migrations.length) {
      const message = `it was written by a later version (schema ${version}, known here: ${migrations.length}); update galaxy-mesos`;
      throw new StoreError('TOO_NEW', this.location, message);
    }
    // What is not committed in the end is rolled back with the connection, which is closed then.
    this.#sqlite.exec('BEGIN IMMEDIATE');
    for (const step of migrations.slice(version)) this.#sqlite.exec(step);
    this.#sqlite.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  }
}

/**
 * Makes the file, if it is not there, as one that only its owner reads: commands and their environment are in it.
 * SQLite gives the files beside it the same permissions.
 */
function makePrivate(location: string): void {
  try {
    closeSync(openSync(location, 'wx', 0o600));
  } catch {
    // It is there; or SQLite, which is asked next, says what is wrong with the path.
  }
}
