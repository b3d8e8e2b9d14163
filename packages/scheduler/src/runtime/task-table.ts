import { type Attempt, isFinal, type TaskId, type TaskSpec, type TaskState } from '../model/task.ts';
import type { Decisions } from './decisions.ts';
import type { Spent } from './retry-rules.ts';

/** A task, and where it stands. */
export interface Task {
  readonly spec: TaskSpec;
  /** Tasks are taken up in the order in which they were submitted, also when they are tried again. */
  readonly sequence: number;
  state: TaskState;
  /** The number of its last attempt. */
  attempts: number;
  spent: Spent;
  /** The last one, if it is known. */
  attempt: Attempt | undefined;
  /** Since when it waits to run, on the clock that never jumps: attempts that never ran cost no seniority. */
  since: number | undefined;
}

/** Names the gang or group that a task belongs to, so that ids of the two do not meet. */
export const unionKeyOf = ({ gang, group }: TaskSpec): string | undefined => {
  if (gang) return `gang ${gang.id}`;
  return group && `group ${group.id}`;
};

/** Whether a task in this state is never taken up again; one that has failed may be. */
export const isThrough = (state: TaskState): boolean => state === 'finished' || state === 'cancelled';

/** The tasks of which something may yet become, and which belong together. */
export class TaskTable {
  readonly #tasks = new Map<TaskId, Task>();
  readonly #unions = new Map<string, Set<Task>>();
  /** How many attempts there were at tasks that are through: no more than that is kept of them. */
  readonly #through = new Map<TaskId, number>();
  #sequence = 0;

  get(taskId: TaskId): Task | undefined {
    return this.#tasks.get(taskId);
  }

  /** Whether there is, or was, a task of this id. */
  knows(taskId: TaskId): boolean {
    return this.#tasks.has(taskId) || this.#through.has(taskId);
  }

  add(spec: TaskSpec, state: TaskState, spent: Spent): Task {
    // All members at once: there may be a million, and what is added later takes twice the room.
    const task: Task = {
      spec,
      sequence: this.#sequence++,
      state,
      attempts: 0,
      spent,
      attempt: undefined,
      since: undefined,
    };
    this.#tasks.set(spec.id, task);
    const key = unionKeyOf(spec);
    if (key === undefined) return task;
    const members = this.#unions.get(key);
    if (members) members.add(task);
    else this.#unions.set(key, new Set([task]));
    return task;
  }

  /** A task is through, after so many attempts. */
  forget(spec: TaskSpec, attempts: number): void {
    const task = this.#tasks.get(spec.id);
    this.#through.set(spec.id, attempts);
    this.#tasks.delete(spec.id);
    const key = unionKeyOf(spec);
    const members = key === undefined ? undefined : this.#unions.get(key);
    if (!task || !members || key === undefined) return;
    members.delete(task);
    if (members.size === 0) this.#unions.delete(key);
  }

  /** Nothing is known of a task that has ended; answers whether there was one. */
  remove(taskId: TaskId): boolean {
    const task = this.#tasks.get(taskId);
    if (task) this.forget(task.spec, task.attempts);
    return this.#through.delete(taskId);
  }

  /** Whether an attempt of this number at the task was ever launched. */
  wasLaunched(taskId: TaskId, number: number): boolean {
    return number <= this.launchedFor(taskId);
  }

  /** How many attempts at the task were ever launched. */
  launchedFor(taskId: TaskId): number {
    return this.#tasks.get(taskId)?.attempts ?? this.#through.get(taskId) ?? 0;
  }

  /** The tasks that stand and fall with one, itself among them. */
  union(task: Task): readonly Task[] {
    const key = unionKeyOf(task.spec);
    const members = key === undefined ? undefined : this.#unions.get(key);
    return members ? [...members] : [task];
  }

  /** Those that wait. */
  *waiting(): Iterable<Task> {
    for (const task of this.#tasks.values()) if (task.state === 'waiting') yield task;
  }

  /** All gangs and groups of which a task has not ended. */
  openUnions(): (readonly Task[])[] {
    const all = [...this.#unions.values()].map((members) => [...members]);
    return all.filter((members) => members.some(({ state }) => !isFinal(state)));
  }
}

/** Writes and tells that a task came into a state; `attempt` is the one that brought it there. */
export function moveTask(
  task: Task,
  state: TaskState,
  decisions: Decisions,
  {
    attempt,
    message,
  }: { readonly attempt?: Attempt | undefined; readonly message?: string | undefined } = {},
): void {
  task.state = state;
  decisions.changes.push({ type: 'moved', taskId: task.spec.id, state });
  decisions.notices.push({
    type: 'task',
    spec: task.spec,
    state,
    ...(attempt && { attempt }),
    ...(message !== undefined && { message }),
  });
}
