import {
  type Attempt,
  attemptStates,
  type TaskChange,
  type TaskRecord,
  type TaskSpec,
  type TaskStore,
  taskStates,
} from '@galaxy-mesos/scheduler';
import { z } from 'zod';
import type { Database, Value } from './database.ts';
import { StoreError } from './errors.ts';

const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullable().transform((value) => value ?? undefined);

const specSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  command: z.string(),
  environment: z.record(z.string(), z.string()),
  resources: z.strictObject({ cpus: z.number(), mem: z.number(), disk: z.number() }),
  retries: z.number(),
  maximumRunSeconds: z.number().exactOptional(),
}) satisfies z.ZodType<TaskSpec>;

const taskRowSchema = z.object({ id: z.string(), state: z.enum(taskStates), spec: z.string() });

const attemptRowSchema = z.object({
  id: z.string(),
  task_id: z.string(),
  number: z.number(),
  state: z.enum(attemptStates),
  agent_id: z.string(),
  hostname: z.string(),
  launched_at: z.number(),
  started_at: optional(z.number()),
  ended_at: optional(z.number()),
  exit_code: optional(z.number()),
  sandbox: optional(z.string()),
  message: optional(z.string()),
  reason: optional(z.string()),
});

/** Tasks and their attempts as the scheduler's store. */
export class SqliteTaskStore implements TaskStore {
  readonly #database: Database;
  readonly #cluster: string;
  readonly #statements: Statements;

  /** `cluster` names what the framework ids of this store's user are valid for. */
  constructor(database: Database, cluster: string) {
    this.#database = database;
    this.#cluster = cluster;
    this.#statements = prepareStatements(database);
  }

  /** @throws StoreError, and then none of the changes was written. */
  async commit(changes: readonly TaskChange[]): Promise<void> {
    this.#database.transaction(() => {
      for (const change of changes) this.#apply(change);
    });
  }

  /** @throws StoreError `UNREADABLE` if what is there is not what this package writes. */
  async load(): Promise<readonly TaskRecord[]> {
    const attempts = new Map<string, Attempt[]>();
    for (const row of this.#database.read(() => this.#statements.allAttempts.all())) {
      const attempt = toAttempt(this.#valid(attemptRowSchema, row, 'attempts'));
      const siblings = attempts.get(attempt.taskId);
      if (siblings) siblings.push(attempt);
      else attempts.set(attempt.taskId, [attempt]);
    }
    return this.#database
      .read(() => this.#statements.allTasks.all())
      .map((row) => {
        const { id, state, spec } = this.#valid(taskRowSchema, row, 'tasks');
        return { spec: this.#readSpec(spec), state, attempts: attempts.get(id) ?? [] };
      });
  }

  #apply(change: TaskChange): void {
    const { addTask, moveTask, addAttempt, updateAttempt, register } = this.#statements;
    switch (change.type) {
      case 'registered':
        register.run(this.#cluster, change.frameworkId);
        break;
      case 'added':
        addTask.run(change.spec.id, 'waiting', JSON.stringify(change.spec));
        break;
      case 'moved':
        this.#database.changeOne(moveTask, `the task ${change.taskId}`, [change.state, change.taskId]);
        break;
      case 'attempted': {
        const { id, taskId, number, agentId, hostname, launchedAt } = change.attempt;
        addAttempt.run(id, taskId, number, agentId, hostname, launchedAt, ...changeable(change.attempt));
        break;
      }
      case 'updated': {
        const { id } = change.attempt;
        this.#database.changeOne(updateAttempt, `the attempt ${id}`, [...changeable(change.attempt), id]);
        break;
      }
    }
  }

  #readSpec(text: string): TaskSpec {
    try {
      return specSchema.parse(JSON.parse(text));
    } catch (error) {
      throw this.#damaged('tasks', error);
    }
  }

  #valid<T extends z.ZodType>(schema: T, row: unknown, table: string): z.infer<T> {
    const result = schema.safeParse(row);
    if (!result.success) throw this.#damaged(table, result.error);
    return result.data;
  }

  #damaged(table: string, cause: unknown): StoreError {
    return new StoreError('UNREADABLE', this.#database.path, `a row of the table ${table} is damaged`, cause);
  }
}

type Statements = ReturnType<typeof prepareStatements>;

const prepareStatements = (database: Database) => ({
  addTask: database.prepare('INSERT INTO tasks (id, state, spec) VALUES (?, ?, ?)'),
  moveTask: database.prepare('UPDATE tasks SET state = ? WHERE id = ?'),
  addAttempt: database.prepare(
    `INSERT INTO attempts (id, task_id, number, agent_id, hostname, launched_at, state, started_at, ended_at,
     exit_code, sandbox, message, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  updateAttempt: database.prepare(
    `UPDATE attempts SET state = ?, started_at = ?, ended_at = ?, exit_code = ?, sandbox = ?, message = ?,
     reason = ? WHERE id = ?`,
  ),
  register: database.prepare('INSERT OR REPLACE INTO frameworks (cluster, framework_id) VALUES (?, ?)'),
  allTasks: database.prepare('SELECT id, state, spec FROM tasks ORDER BY position'),
  allAttempts: database.prepare('SELECT * FROM attempts ORDER BY task_id, number'),
});

/** What updates change of an attempt, in the order of the columns in the statements above. */
const changeable = (attempt: Attempt): Value[] => {
  const { state, startedAt, endedAt, exitCode, sandbox, message, reason } = attempt;
  return [state, startedAt, endedAt, exitCode, sandbox, message, reason].map((value) => value ?? null);
};

const toAttempt = (row: z.infer<typeof attemptRowSchema>): Attempt => ({
  id: row.id,
  taskId: row.task_id,
  number: row.number,
  state: row.state,
  agentId: row.agent_id,
  hostname: row.hostname,
  launchedAt: row.launched_at,
  ...(row.started_at !== undefined && { startedAt: row.started_at }),
  ...(row.ended_at !== undefined && { endedAt: row.ended_at }),
  ...(row.exit_code !== undefined && { exitCode: row.exit_code }),
  ...(row.sandbox !== undefined && { sandbox: row.sandbox }),
  ...(row.message !== undefined && { message: row.message }),
  ...(row.reason !== undefined && { reason: row.reason }),
});
