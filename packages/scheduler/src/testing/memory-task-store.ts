import type { TaskRecord } from '../model/task.ts';
import type { TaskChange, TaskStore } from '../ports/store.ts';

/** Keeps tasks in memory: for tests, and for tasks that need not outlive the process. */
export class MemoryTaskStore implements TaskStore {
  readonly #tasks = new Map<string, TaskRecord>();
  /** The last framework that was registered. */
  frameworkId: string | undefined;

  async commit(changes: readonly TaskChange[]): Promise<void> {
    for (const change of changes) this.#apply(change);
  }

  async load(): Promise<readonly TaskRecord[]> {
    return [...this.#tasks.values()];
  }

  #apply(change: TaskChange): void {
    switch (change.type) {
      case 'registered':
        this.frameworkId = change.frameworkId;
        break;
      case 'added':
        this.#tasks.set(change.spec.id, { spec: change.spec, state: 'waiting', attempts: [] });
        break;
      case 'attempted':
        this.#change(change.attempt.taskId, (task) => ({
          ...task,
          attempts: [...task.attempts, change.attempt],
        }));
        break;
      case 'updated':
        this.#change(change.attempt.taskId, (task) => ({
          ...task,
          attempts: task.attempts.map((attempt) =>
            attempt.id === change.attempt.id ? change.attempt : attempt,
          ),
        }));
        break;
      case 'moved':
        this.#change(change.taskId, (task) => ({ ...task, state: change.state }));
        break;
      case 'removed':
        this.#tasks.delete(change.taskId);
        break;
    }
  }

  #change(taskId: string, change: (task: TaskRecord) => TaskRecord): void {
    const task = this.#tasks.get(taskId);
    if (!task) throw new Error(`a change names the task ${taskId}, which was never added`);
    this.#tasks.set(taskId, change(task));
  }
}
