import {
  type Attempt,
  isFinal,
  type TaskId,
  type TaskSpec,
  type TaskState,
  type TaskUnion,
} from '../model/task.ts';
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
  attempt?: Attempt | undefined;
}

/** The gang or group that a task belongs to; ids of the two do not meet. */
const unionOf = ({
  gang,
  group,
}: TaskSpec): { readonly key: string; readonly union: TaskUnion } | undefined => {
  if (gang) return { key: `gang ${gang.id}`, union: gang };
  return group && { key: `group ${group.id}`, union: group };
};

/** All tasks that the scheduler ever had, and which belong together. */
export class TaskTable {
  readonly #tasks = new Map<TaskId, Task>();
  readonly #unions = new Map<string, Task[]>();
  #sequence = 0;

  get(taskId: TaskId): Task | undefined {
    return this.#tasks.get(taskId);
  }

  add(spec: TaskSpec, state: TaskState, spent: Spent): Task {
    const task: Task = { spec, sequence: this.#sequence++, state, attempts: 0, spent };
    this.#tasks.set(spec.id, task);
    const union = unionOf(spec);
    if (!union) return task;
    const members = this.#unions.get(union.key);
    if (members) members.push(task);
    else this.#unions.set(union.key, [task]);
    return task;
  }

  /** The tasks that stand and fall with one, itself among them. */
  union(task: Task): readonly Task[] {
    const union = unionOf(task.spec);
    return (union && this.#unions.get(union.key)) ?? [task];
  }

  /** Those that wait. */
  *waiting(): Iterable<Task> {
    for (const task of this.#tasks.values()) if (task.state === 'waiting') yield task;
  }

  /** All gangs and groups of which a task has not ended. */
  *openUnions(): Iterable<readonly Task[]> {
    for (const members of this.#unions.values()) {
      if (members.some(({ state }) => !isFinal(state))) yield members;
    }
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
