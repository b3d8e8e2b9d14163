import type { WaitingTask } from '../matching/shape.ts';
import type { TaskId } from '../model/task.ts';
import { DueTimes } from './due-times.ts';

/** Tasks that wait for the time of their next try. */
export class DelayedTasks {
  readonly #tasks = new Map<TaskId, WaitingTask>();
  readonly #due = new DueTimes<TaskId>();

  /** How many there are. */
  get size(): number {
    return this.#tasks.size;
  }

  /** When {@link release} will have one. */
  get nextDue(): number {
    return this.#due.next;
  }

  has(taskId: TaskId): boolean {
    return this.#tasks.has(taskId);
  }

  add(task: WaitingTask, notBefore: number): void {
    this.#tasks.set(task.spec.id, task);
    this.#due.set(task.spec.id, notBefore);
  }

  remove(taskId: TaskId): void {
    this.#tasks.delete(taskId);
    this.#due.delete(taskId);
  }

  clear(): void {
    this.#tasks.clear();
    this.#due.clear();
  }

  /** Takes out those whose time has come, the first first. */
  release(now: number): WaitingTask[] {
    return this.#due.take(now).flatMap((id) => {
      const task = this.#tasks.get(id);
      this.#tasks.delete(id);
      return task ?? [];
    });
  }
}
