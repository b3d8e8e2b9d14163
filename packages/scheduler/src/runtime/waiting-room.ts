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

/**
 * The tasks that wait for a place, at the desk of the matcher, or for the time of their next try, or until they are
 * released.
 */
export class WaitingRoom {
  readonly #desk: PlacementDesk;
  readonly #delayed = new DelayedTasks();
  /** Tasks that are held, whether they wait or not. */
  readonly #held = new Set<TaskId>();
  /** Those of them that wait. */
  readonly #parked = new Map<TaskId, Task>();
  #isClosed = false;

  constructor(desk: PlacementDesk) {
    this.#desk = desk;
  }

  /** How many wait for the time of their next try. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** How many wait until they are released. */
  get parked(): number {
    return this.#parked.size;
  }

  /** When {@link releaseDue} will have one. */
  get nextDue(): number {
    return this.#delayed.nextDue;
  }

  /** A task waits, from now on or since it last did without an attempt that ran. */
  enter(task: Task, now: number, delaySeconds = 0): void {
    if (this.#isClosed) return;
    // Whole numbers take no room of their own.
    task.since ??= Math.floor(now);
    if (this.#held.has(task.spec.id)) this.#parked.set(task.spec.id, task);
    else if (delaySeconds > 0) this.#delayed.add(waiting(task, task.since), now + delaySeconds * 1000);
    else this.#desk.add(waiting(task, task.since));
  }

  /** A task waits no more. */
  leave({ spec }: Task): void {
    this.#desk.remove(spec.id);
    this.#delayed.remove(spec.id);
    this.#parked.delete(spec.id);
  }

  /** A task, which may not be known yet, gets no place until it is released. */
  hold(taskId: TaskId, task: Task | undefined): void {
    this.#held.add(taskId);
    if (task?.state !== 'waiting') return;
    this.leave(task);
    if (!this.#isClosed) this.#parked.set(taskId, task);
  }

  /** A task that was held waits for its place again, and what delay it had is over. */
  release(taskId: TaskId, now: number): void {
    const task = this.#parked.get(taskId);
    this.forget(taskId);
    if (task) this.enter(task, now);
  }

  /** Nothing is to be known of a task that does not wait. */
  forget(taskId: TaskId): void {
    this.#held.delete(taskId);
    this.#parked.delete(taskId);
  }

  /** Lets those in whose time has come; answers whether there were any. */
  releaseDue(now: number): boolean {
    const ready = this.#delayed.release(now);
    for (const task of ready) this.#desk.add(task);
    return ready.length > 0;
  }

  /** Sends all away, and lets nobody in any more. */
  close(waiting: Iterable<Task>): void {
    this.#isClosed = true;
    this.#delayed.clear();
    this.#parked.clear();
    for (const { spec } of waiting) this.#desk.remove(spec.id);
  }

  /** Lets all that are at the desk come again, with other rules: `change` is made while nobody is there. */
  reenter(all: Iterable<Task>, change: () => void): void {
    const atDesk = [...all].filter(({ spec: { id } }) => !this.#parked.has(id) && !this.#delayed.has(id));
    for (const { spec } of atDesk) this.#desk.remove(spec.id);
    change();
    if (this.#isClosed) return;
    for (const task of atDesk) this.#desk.add(waiting(task, task.since ?? 0));
  }
}

const waiting = ({ spec, sequence, spent }: Task, since: number): WaitingTask => ({
  spec,
  sequence,
  resources: resourcesOf(spec, spent),
  since,
});
