import type { Writer } from '../backend.ts';
import type { Writes } from '../writes.ts';
import type { Database } from './database.ts';

/** Writes rows of all tables, each commit as one transaction. */
export class SqliteWriter implements Writer {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepareStatements(database);
  }

  async write(writes: readonly Writes[]): Promise<void> {
    await this.#database.transaction(this.#steps(writes));
  }

  *#steps(all: readonly Writes[]): Generator<() => void> {
    for (const writes of all) {
      yield* this.#stepsOfJobs(writes);
      yield* this.#stepsOfTasks(writes);
      yield* this.#removals(writes);
      yield* this.#otherSteps(writes);
    }
  }

  *#stepsOfJobs({ jobs, jobMoves }: Writes): Generator<() => void> {
    const { addJob, moveJob } = this.#statements;
    for (const { id, document, time } of jobs) yield () => addJob.run(id, document, time, time);
    for (const [id, { state, outcome = null, time }] of jobMoves)
      yield () => this.#database.changeOne(moveJob, `the job ${id}`, [state, outcome, time, id]);
  }

  *#stepsOfTasks({ tasks, states, attempts, updates }: Writes): Generator<() => void> {
    const { addTask, moveTask, addAttempt, updateAttempt } = this.#statements;
    const database = this.#database;
    for (const { id, state, document } of tasks) yield () => addTask.run(id, state, document);
    for (const [id, state] of states) yield () => database.changeOne(moveTask, `the task ${id}`, [state, id]);
    for (const { id, taskId, number, cluster, document } of attempts)
      yield () => addAttempt.run(id, taskId, number, cluster, document);
    for (const [id, document] of updates)
      yield () => database.changeOne(updateAttempt, `the attempt ${id}`, [document, id]);
  }

  *#removals({ removedTasks, removedJobs }: Writes): Generator<() => void> {
    const { removeAttempts, removeTask, removeJob } = this.#statements;
    for (const id of removedTasks) {
      yield () => removeAttempts.run(id);
      yield () => removeTask.run(id);
    }
    for (const id of removedJobs) yield () => removeJob.run(id);
  }

  *#otherSteps({ events, records, removedRecords, frameworks }: Writes): Generator<() => void> {
    const { addEvent, putRecord, removeRecord, register } = this.#statements;
    for (const { sequence, jobId, time, document } of events)
      yield () => addEvent.run(sequence, jobId, time, document);
    for (const { kind, key, value } of records) yield () => putRecord.run(kind, key, value);
    for (const { kind, key } of removedRecords) yield () => removeRecord.run(kind, key);
    for (const [cluster, id] of frameworks) yield () => register.run(cluster, id);
  }
}

const prepareStatements = (database: Database) => ({
  addJob: database.prepare(
    "INSERT INTO jobs (id, state, document, created_at, updated_at) VALUES (?, 'new', ?, ?, ?)",
  ),
  moveJob: database.prepare(
    'UPDATE jobs SET state = ?, outcome = coalesce(?, outcome), updated_at = ? WHERE id = ?',
  ),
  addTask: database.prepare('INSERT INTO tasks (id, state, document) VALUES (?, ?, ?)'),
  moveTask: database.prepare('UPDATE tasks SET state = ? WHERE id = ?'),
  addAttempt: database.prepare(
    'INSERT INTO attempts (id, task_id, number, cluster, document) VALUES (?, ?, ?, ?, ?)',
  ),
  updateAttempt: database.prepare('UPDATE attempts SET document = ? WHERE id = ?'),
  removeAttempts: database.prepare('DELETE FROM attempts WHERE task_id = ?'),
  removeTask: database.prepare('DELETE FROM tasks WHERE id = ?'),
  removeJob: database.prepare('DELETE FROM jobs WHERE id = ?'),
  addEvent: database.prepare('INSERT INTO events (sequence, job_id, time, document) VALUES (?, ?, ?, ?)'),
  putRecord: database.prepare(
    `INSERT INTO records (kind, key, value) VALUES (?, ?, ?)
     ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value`,
  ),
  removeRecord: database.prepare('DELETE FROM records WHERE kind = ? AND key = ?'),
  register: database.prepare('INSERT OR REPLACE INTO frameworks (cluster, framework_id) VALUES (?, ?)'),
});
