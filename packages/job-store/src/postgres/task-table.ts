import type { Row, TaskTable } from '../backend.ts';
import type { Writes } from '../writes.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** Tasks, their attempts, and the frameworks that they run under. */
export class PostgresTaskTable implements TaskTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async write({ tasks, states, attempts, updates, frameworks }: Writes): Promise<void> {
    await this.#database.write('write_tasks', [
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
    return this.#database.read(sql);
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.read('SELECT document FROM galaxy_mesos.attempts');
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM galaxy_mesos.tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return (await this.#database.read(sql)).length > 0;
  }
}
