import type { Row, TaskTable } from '../backend.ts';
import type { Writes } from '../writes.ts';
import type { Database } from './database.ts';

/** Tasks, their attempts, and the frameworks that they run under. */
export class SqliteTaskTable implements TaskTable {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepareStatements(database);
  }

  async write(writes: Writes): Promise<void> {
    await this.#database.transaction(this.#steps(writes));
  }

  tasks(): Promise<readonly Row[]> {
    return this.#database.manyRows('SELECT state, document FROM tasks ORDER BY position');
  }

  attempts(): Promise<readonly Row[]> {
    return this.#database.manyRows('SELECT document FROM attempts');
  }

  async hasProgress(): Promise<boolean> {
    const sql = "SELECT 1 FROM tasks WHERE state IN ('finished', 'active') LIMIT 1";
    return this.#database.rows(sql).length > 0;
  }

  *#steps({ tasks, states, attempts, updates, frameworks }: Writes): Generator<() => void> {
    const { addTask, moveTask, addAttempt, updateAttempt, register } = this.#statements;
    const database = this.#database;
    for (const { id, state, document } of tasks) yield () => addTask.run(id, state, document);
    for (const [id, state] of states) yield () => database.changeOne(moveTask, `the task ${id}`, [state, id]);
    for (const { id, taskId, number, cluster, document } of attempts)
      yield () => addAttempt.run(id, taskId, number, cluster, document);
    for (const [id, document] of updates)
      yield () => database.changeOne(updateAttempt, `the attempt ${id}`, [document, id]);
    for (const [cluster, id] of frameworks) yield () => register.run(cluster, id);
  }
}

const prepareStatements = (database: Database) => ({
  addTask: database.prepare('INSERT INTO tasks (id, state, document) VALUES (?, ?, ?)'),
  moveTask: database.prepare('UPDATE tasks SET state = ? WHERE id = ?'),
  addAttempt: database.prepare(
    'INSERT INTO attempts (id, task_id, number, cluster, document) VALUES (?, ?, ?, ?, ?)',
  ),
  updateAttempt: database.prepare('UPDATE attempts SET document = ? WHERE id = ?'),
  register: database.prepare('INSERT OR REPLACE INTO frameworks (cluster, framework_id) VALUES (?, ?)'),
});
