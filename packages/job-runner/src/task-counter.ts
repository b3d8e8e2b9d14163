import type { TaskId, TaskState } from '@galaxy-mesos/scheduler';
import type { TaskCounts } from './job-event.ts';

/** Counts tasks by state. */
export class TaskCounter {
  readonly #states = new Map<TaskId, TaskState>();
  readonly #counts: Record<TaskState, number> = {
    waiting: 0,
    active: 0,
    finished: 0,
    failed: 0,
    cancelled: 0,
  };

  set(taskId: TaskId, state: TaskState): void {
    const before = this.#states.get(taskId);
    if (before) this.#counts[before]--;
    this.#counts[state]++;
    this.#states.set(taskId, state);
  }

  /** Whether the task is counted. */
  has(taskId: TaskId): boolean {
    return this.#states.has(taskId);
  }

  get counts(): TaskCounts {
    // Tasks of a job are never cancelled one by one.
    const { cancelled: _cancelled, ...counts } = this.#counts;
    return { total: this.#states.size, ...counts };
  }
}
