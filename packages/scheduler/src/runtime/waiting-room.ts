import type { WaitingTask } from '../matching/shape.ts';
import type { StartedAttempt } from '../matching/told-tasks.ts';
import type { AttemptId, TaskId } from '../model/task.ts';
import { DelayedTasks } from './delayed-tasks.ts';
import { resourcesOf } from './retry-rules.ts';
import type { Task } from './task-table.ts';

/** Who is told which tasks wait and which attempts are out; the matcher. */
export interface PlacementDesk {
  /** Throws what is wrong with a task that can not be placed by whatever there is. */
  add(task: WaitingTask): void;
  remove(taskId: TaskId): void;
  started(attempt: StartedAttempt): void;
  ended(attemptId: AttemptId): void;
}

/** The tasks that wait for a place, at the desk of the matcher, or for the time of their next try. */
export class WaitingRoom {
  readonly #desk: PlacementDesk;
  readonly #delayed = new DelayedTasks();
  #isClosed = false;

  constructor(desk: PlacementDesk) {
    this.#desk = desk;
  }

  /** How many wait for the time of their next try. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** When {@link release} will have one. */
  get nextDue(): number {
    return this.#delayed.nextDue;
  }

  /** A task waits, from now on or since it last did without an attempt that ran. */
  enter(task: Task, now: number, delaySeconds = 0): void {
    if (this.#isClosed) return;
    // Whole numbers take no room of their own.
    task.since ??= Math.floor(now);
    const { spec, sequence, spent, since } = task;
    const waiting = { spec, sequence, resources: resourcesOf(spec, spent), since };
    if (delaySeconds > 0) this.#delayed.add(waiting, now + delaySeconds * 1000);
    else this.#desk.add(waiting);
  }

  /** A task waits no more. */
  leave({ spec }: Task): void {
    this.#desk.remove(spec.id);
    this.#delayed.remove(spec.id);
  }

  /** Lets those in whose time has come; answers whether there were any. */
  release(now: number): boolean {
    const ready = this.#delayed.release(now);
    for (const task of ready) this.#desk.add(task);
    return ready.length > 0;
  }

  /** Sends all away, and lets nobody in any more. */
  close(waiting: Iterable<Task>): void {
    this.#isClosed = true;
    this.#delayed.clear();
    for (const { spec } of waiting) this.#desk.remove(spec.id);
  }
}
