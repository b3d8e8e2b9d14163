import type { Attempt, TaskChange, TaskSpec, TaskState } from '@galaxy-mesos/scheduler';
import { encodeAttempt, encodeSpec, encodeTaskState } from './documents.ts';
import { forEachInTurns } from './turns.ts';
import type {
  EventRow,
  JobMove,
  NewAttempt,
  NewJob,
  NewTask,
  RecordKey,
  RecordRow,
  StoreChange,
  Writes,
} from './writes.ts';

/**
 * Sums up changes, in their order, as what is to be written one after the other: more than one only where something is
 * removed and then added again. Rejects with a TypeError for one that could not be read again, or comes too late.
 */
export async function sumUp(changes: readonly StoreChange[]): Promise<readonly Writes[]> {
  let sum = new Sum();
  const sums = [sum];
  await forEachInTurns(changes, (change) => {
    if (sum.hasRemoved(change)) {
      sum = new Sum();
      sums.push(sum);
    }
    sum.add(change);
  });
  return sums;
}

class Sum implements Writes {
  readonly jobs: NewJob[] = [];
  readonly jobMoves = new Map<string, JobMove>();
  readonly tasks: NewTask[] = [];
  readonly states = new Map<string, TaskState>();
  readonly attempts: NewAttempt[] = [];
  readonly updates = new Map<string, string>();
  readonly removedTasks = new Set<string>();
  readonly removedJobs = new Set<string>();
  readonly events: EventRow[] = [];
  readonly frameworks = new Map<string, string>();
  readonly #newTasks = new Map<string, NewTask>();
  readonly #newAttempts = new Map<string, NewAttempt>();
  readonly #records = new Map<string, RecordRow>();
  readonly #removedRecords = new Map<string, RecordKey>();

  get records(): readonly RecordRow[] {
    return [...this.#records.values()];
  }

  get removedRecords(): readonly RecordKey[] {
    return [...this.#removedRecords.values()];
  }

  /** Whether the change adds what was removed here: removals are written after what is added. */
  hasRemoved(change: StoreChange): boolean {
    if (change.type === 'job-added') return this.removedJobs.has(change.job.id);
    if (change.type === 'record-put') return this.#removedRecords.has(nameOf(change.record));
    return (
      change.type === 'task' && change.change.type === 'added' && this.removedTasks.has(change.change.spec.id)
    );
  }

  add(change: StoreChange): void {
    switch (change.type) {
      case 'task':
        this.#addOfTask(change.cluster, change.change);
        break;
      case 'job-added':
        this.jobs.push(change.job);
        break;
      case 'job-moved':
        this.#moveJob(change.id, change.move);
        break;
      case 'job-removed':
        this.removedJobs.add(change.id);
        for (const id of change.taskIds) this.removedTasks.add(id);
        break;
      case 'event':
        this.events.push(change.event);
        break;
      case 'record-put':
        this.#records.set(nameOf(change.record), change.record);
        break;
      case 'record-deleted':
        this.#removedRecords.set(nameOf(change.record), change.record);
        break;
    }
  }

  #moveJob(id: string, move: JobMove): void {
    if (this.removedJobs.has(id)) throw new TypeError(`the job ${id} is not there`);
    this.jobMoves.set(id, { ...this.jobMoves.get(id), ...move });
  }

  #addOfTask(cluster: string, change: TaskChange): void {
    switch (change.type) {
      case 'registered':
        this.frameworks.set(cluster, change.frameworkId);
        break;
      case 'added':
        this.#addTask(change.spec);
        break;
      case 'moved':
        this.#moveTask(change.taskId, encodeTaskState(change.state));
        break;
      case 'attempted':
        this.#addAttempt(cluster, change.attempt);
        break;
      case 'updated':
        this.#updateAttempt(change.attempt);
        break;
      case 'removed':
        this.removedTasks.add(change.taskId);
        break;
    }
  }

  #addTask(spec: TaskSpec): void {
    const task: NewTask = { id: spec.id, state: 'waiting', document: encodeSpec(spec) };
    this.tasks.push(task);
    this.#newTasks.set(spec.id, task);
  }

  #moveTask(taskId: string, state: TaskState): void {
    this.#mustBeThere(taskId);
    const task = this.#newTasks.get(taskId);
    if (task) task.state = state;
    else this.states.set(taskId, state);
  }

  #addAttempt(cluster: string, attempt: Attempt): void {
    const { id, taskId, number } = attempt;
    this.#mustBeThere(taskId);
    const row: NewAttempt = { id, taskId, number, cluster, document: encodeAttempt(attempt) };
    this.attempts.push(row);
    this.#newAttempts.set(id, row);
  }

  #updateAttempt(attempt: Attempt): void {
    this.#mustBeThere(attempt.taskId);
    const row = this.#newAttempts.get(attempt.id);
    const document = encodeAttempt(attempt);
    if (row) row.document = document;
    else this.updates.set(attempt.id, document);
  }

  #mustBeThere(taskId: string): void {
    if (this.removedTasks.has(taskId)) throw new TypeError(`the task ${taskId} is not there`);
  }
}

const nameOf = ({ kind, key }: RecordKey): string => JSON.stringify([kind, key]);
