import type { FrameworkTable } from '../backend.ts';
import type { LeaderDatabase } from './leader-database.ts';

/** The framework of each cluster. */
export class PostgresFrameworkTable implements FrameworkTable {
  readonly #database: LeaderDatabase;

  constructor(database: LeaderDatabase) {
    this.#database = database;
  }

  async framework(cluster: string): Promise<string | undefined> {
    const sql = 'SELECT framework_id FROM galaxy_mesos.frameworks WHERE cluster = $1';
    const [row] = await this.#database.read(sql, [cluster]);
    const id = row?.[0];
    return typeof id === 'string' ? id : undefined;
  }

  async forgetFramework(cluster: string): Promise<void> {
    await this.#database.write('forget_framework', [cluster]);
  }

  async strandedTasks(cluster: string): Promise<number> {
    const [row] = await this.#database.read(
      `SELECT count(DISTINCT t.id) FROM galaxy_mesos.tasks AS t JOIN galaxy_mesos.attempts AS a ON a.task_id = t.id
       WHERE t.state = 'active' AND a.cluster = $1
       AND NOT EXISTS (SELECT 1 FROM galaxy_mesos.frameworks AS f WHERE f.cluster = $1)`,
      [cluster],
    );
    return Number(row?.[0]);
  }
}
