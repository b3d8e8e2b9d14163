import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './errors.ts';
import { migrations } from './schema.ts';

/** What a column holds. */
export type Value = string | number | null;

/** A SQLite file at the schema of this version, locked against other processes for as long as it is open. */
export class Database {
  readonly path: string;
  readonly #sqlite: DatabaseSync;

  /** @throws StoreError `LOCKED`, `UNREADABLE` or `TOO_NEW`. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#sqlite = new DatabaseSync(path);
    } catch (error) {
      throw StoreError.from(error, path);
    }
    try {
      // The lock goes with the process, however that ends: a store is never left locked by `kill -9`.
      this.#sqlite.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;',
      );
      this.#migrate();
    } catch (error) {
      this.#sqlite.close();
      throw StoreError.from(error, path);
    }
  }

  /** Runs statements that either all take effect or none. */
  transaction<T>(work: () => T): T {
    try {
      this.#sqlite.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite may have rolled back by itself, as it does when the disk is full.
        if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw StoreError.from(error, this.path);
    }
  }

  /** Runs something that only reads. @throws StoreError */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw StoreError.from(error, this.path);
    }
  }

  /** @throws StoreError */
  prepare(sql: string): ReturnType<DatabaseSync['prepare']> {
    return this.read(() => this.#sqlite.prepare(sql));
  }

  /** Runs a statement that must change exactly one row; `what` names that for the message. @throws StoreError */
  changeOne(statement: ReturnType<DatabaseSync['prepare']>, what: string, values: readonly Value[]): void {
    const { changes } = statement.run(...values);
    if (changes !== 1) throw new StoreError('FAILED', this.path, `${what} is not there`);
  }

  close(): void {
    if (this.#sqlite.isOpen) this.#sqlite.close();
  }

  #migrate(): void {
    this.transaction(() => {
      const row = this.#sqlite.prepare('PRAGMA user_version').get();
      const version = Number(row?.user_version ?? 0);
      if (version > migrations.length) {
        const message = `it was written by a later version (schema ${version}, known here: ${migrations.length}); update galaxy-mesos`;
        throw new StoreError('TOO_NEW', this.path, message);
      }
      for (const step of migrations.slice(version)) this.#sqlite.exec(step);
      this.#sqlite.exec(`PRAGMA user_version = ${migrations.length}`);
    });
  }
}
