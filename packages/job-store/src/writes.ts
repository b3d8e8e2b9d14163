import type { Attempt, TaskChange, TaskSpec, TaskState } from '@galaxy-mesos/scheduler';
import { encodeAttempt, encodeSpec, encodeTaskState } from './documents.ts';
import { forEachInTurns } from './turns.ts';

/** A task as a row. */
export interface NewTask {
  readonly id: string;
  state: TaskState;
  readonly document: string;
}

/** An attempt as a row. */
export interface NewAttempt {
  readonly id: string;
  readonly taskId: string;
  readonly number: number;
  readonly cluster: string;
  document: string;
}

/** What a commit comes to: each row is named once, whatever happened to it on the way. */
export interface Writes {
  readonly tasks: readonly NewTask[];
  /** Of tasks that are there already. */
  readonly states: ReadonlyMap<string, TaskState>;
  readonly attempts: readonly NewAttempt[];
  /** Documents of attempts that are there already. */
  readonly updates: ReadonlyMap<string, string>;
  /** Framework ids by cluster. */
  readonly frameworks: ReadonlyMap<string, string>;
}

/** What happened to the tasks on a cluster. */
export interface ClusterChange {
  readonly cluster: string;
  readonly change: TaskChange;
}

/** Sums up changes, in their order. Rejects with a TypeError for one that could not be read again. */
export async function sumUp(changes: readonly ClusterChange[]): Promise<Writes> {
  const sum = new Sum();
  await forEachInTurns(changes, ({ cluster, change }) => sum.add(cluster, change));
  return sum;
}

class Sum implements Writes {
  readonly tasks: NewTask[] = [];
  readonly states = new Map<string, TaskState>();
  readonly attempts: NewAttempt[] = [];
  readonly updates = new Map<string, string>();
  readonly frameworks = new Map<string, string>();
  readonly #newTasks = new Map<string, NewTask>();
  readonly #newAttempts = new Map<string, NewAttempt>();

  add(cluster: string, change: TaskChange): void {
    switch (change.type) {
      case 'registered':
        this.frameworks.set(cluster, change.frameworkId);
        break;
      case 'added':
        this.#addTask(change.spec);
        break;
      case 'moved':
        this.#move(change.taskId, encodeTaskState(change.state));
        break;
      case 'attempted':
        this.#addAttempt(cluster, change.attempt);
        break;
      case 'updated':
        this.#update(change.attempt);
        break;
    }
  }

  #addTask(spec: TaskSpec): void {
    const task: NewTask = { id: spec.id, state: 'waiting', document: encodeSpec(spec) };
    this.tasks.push(task);
    this.#newTasks.set(spec.id, task);
  }

  #move(taskId: string, state: TaskState): void {
    const task = this.#newTasks.get(taskId);
    if (task) task.state = state;
    else this.states.set(taskId, state);
  }

  #addAttempt(cluster: string, attempt: Attempt): void {
    const { id, taskId, number } = attempt;
    const row: NewAttempt = { id, taskId, number, cluster, document: encodeAttempt(attempt) };
    this.attempts.push(row);
    this.#newAttempts.set(id, row);
  }

  #update(attempt: Attempt): void {
    const row = this.#newAttempts.get(attempt.id);
    const document = encodeAttempt(attempt);
    if (row) row.document = document;
    else this.updates.set(attempt.id, document);
  }
}
