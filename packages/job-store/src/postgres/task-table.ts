import type { Row, TaskTable } from '../backend.ts';
import type { Writes } from '../writes.ts';
import { type Database, readMilliseconds } from './database.ts';
import type { Writer } from './writer.ts';

/** Tasks, their attempts, and the frameworks that they run under. */
export class PostgresTaskTable implements TaskTable {
  readonly #database: Database;
  readonly #writer: Writer;

  constructor(database: Database, writer: Writer) {
    this.#database = database;
    this.#writer = writer;
  }

  async write({ tasks, states, attempts, updates, frameworks }: Writes): Promise<void> {
    await this.#writer.write('write_tasks', [
      tasks.map(({ id }) => id),
      tasks.map(({ state }) => state),
      tasks.map(({ document }) => document),
      [...states.keys()],
      [...states.values()],
      attempts.map(({ id }) => id),
      attempts.map(({ taskId }) => taskId),
      attempts.map(({ number }) => number),
      attempts.map(({ cluster }) => cluster),
      attempts.map(({ document }) => document),
      [...updates.keys()],
      [...updates.values()],
      [...frameworks.keys()],
      [...frameworks.values()],
    ]);
  }

  tasks(): Promise<readonly Row[]> {
    const sql = 'SELECT state, document FROM galaxy_mesos.tasks ORDER BY position';
    return this.#database.query(sql, [], readMilliseconds);
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.query('SELECT document FROM galaxy_mesos.attempts', [], readMilliseconds);
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM galaxy_mesos.tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return (await this.#database.query(sql, [], readMilliseconds)).length > 0;
  }
}
