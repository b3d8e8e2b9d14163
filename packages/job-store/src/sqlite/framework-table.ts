import type { FrameworkTable } from '../backend.ts';
import type { Database } from './database.ts';

/** The framework of each cluster. */
export class SqliteFrameworkTable implements FrameworkTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async framework(cluster: string): Promise<string | undefined> {
    const [row] = this.#database.rows('SELECT framework_id FROM frameworks WHERE cluster = ?', cluster);
    const id = row?.[0];
    return typeof id === 'string' ? id : undefined;
  }

  async forgetFramework(cluster: string): Promise<void> {
    const forget = this.#database.prepare('DELETE FROM frameworks WHERE cluster = ?');
    // What has ended with its framework is on no cluster any more.
    const release = this.#database.prepare('UPDATE attempts SET cluster = NULL WHERE cluster = ?');
    await this.#database.transaction([() => forget.run(cluster), () => release.run(cluster)]);
  }

  async strandedTasks(cluster: string): Promise<number> {
    const [row] = this.#database.rows(
      `SELECT count(DISTINCT tasks.id) FROM tasks JOIN attempts ON attempts.task_id = tasks.id
       WHERE tasks.state = 'active' AND attempts.cluster = ?1
       AND NOT EXISTS (SELECT 1 FROM frameworks WHERE frameworks.cluster = ?1)`,
      cluster,
    );
    return Number(row?.[0]);
  }
}
