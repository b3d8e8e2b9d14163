import {
  type Attempt,
  isFinal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
  type TaskState,
} from '@galaxy-mesos/scheduler';

/** A task of a job, and what became of it so far. */
export interface BookedTask {
  readonly spec: TaskSpec;
  readonly state: TaskState;
  readonly attempts: readonly Attempt[];
  /** Why it failed, where its attempts do not tell. */
  readonly message?: string | undefined;
}

interface Entry {
  readonly spec: TaskSpec;
  state: TaskState;
  attempts: readonly Attempt[];
  message: string | undefined;
}

/** Keeps account of the tasks of one job, in the order in which they were added. */
export class TaskBook {
  readonly #tasks = new Map<TaskId, Entry>();
  /** Those who wait for a task to end. */
  readonly #waiting: (() => void)[] = [];
  readonly #counts: Record<TaskState, number> = {
    waiting: 0,
    active: 0,
    finished: 0,
    failed: 0,
    cancelled: 0,
  };

  /** How many tasks are in which state. */
  get counts(): Readonly<Record<TaskState, number>> & { readonly total: number } {
    return { total: this.#tasks.size, ...this.#counts };
  }

  /** All tasks. */
  get tasks(): Iterable<BookedTask> {
    return this.#tasks.values();
  }

  /** The ids of all tasks. */
  get ids(): Iterable<TaskId> {
    return this.#tasks.keys();
  }

  get(taskId: TaskId): BookedTask | undefined {
    return this.#tasks.get(taskId);
  }

  /** The ids of the tasks in a state. */
  idsIn(state: TaskState): TaskId[] {
    return [...this.#tasks.values()].filter((task) => task.state === state).map(({ spec }) => spec.id);
  }

  /** Takes over a task of the store. */
  restore({ spec, state, attempts }: TaskRecord): void {
    this.#enter(spec, state, attempts);
  }

  /** New tasks, which wait. */
  add(specs: readonly TaskSpec[]): void {
    for (const spec of specs) this.#enter(spec, 'waiting', []);
  }

  /** Forgets tasks that were never stored. */
  takeBack(specs: readonly TaskSpec[]): void {
    for (const { id } of specs) {
      const task = this.#tasks.get(id);
      if (!task) continue;
      this.#counts[task.state]--;
      this.#tasks.delete(id);
    }
  }

  /** A task came into a state; `attempt` is the one that brought it there. */
  moved(taskId: TaskId, state: TaskState, attempt?: Attempt, message?: string): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    this.#counts[task.state]--;
    this.#counts[state]++;
    task.state = state;
    task.message = message;
    if (attempt) this.attempted(attempt);
    for (const look of this.#waiting.splice(0)) look();
  }

  /** An attempt as it is now. */
  attempted(attempt: Attempt): void {
    const task = this.#tasks.get(attempt.taskId);
    if (!task) return;
    const index = task.attempts.findLastIndex(({ id }) => id === attempt.id);
    task.attempts = index < 0 ? [...task.attempts, attempt] : task.attempts.with(index, attempt);
  }

  /**
   * Resolves when nothing more of a task runs, be it done or not; at once if it is so already.
   * @throws the signal's reason
   */
  async ended(taskId: TaskId, signal: AbortSignal): Promise<BookedTask> {
    for (;;) {
      signal.throwIfAborted();
      const task = this.#tasks.get(taskId);
      if (task && isFinal(task.state)) return task;
      await this.#changed(signal);
    }
  }

  /** The attempt that did a task. Throws if the task is not finished. */
  winner(taskId: TaskId): Attempt {
    const attempt = this.#tasks.get(taskId)?.attempts.findLast(({ state }) => state === 'TASK_FINISHED');
    if (!attempt) throw new Error(`the task ${taskId} counts as finished, but none of its attempts does`);
    return attempt;
  }

  #changed(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    return promise;
  }

  #enter(spec: TaskSpec, state: TaskState, attempts: readonly Attempt[]): void {
    this.#tasks.set(spec.id, { spec, state, attempts, message: undefined });
    this.#counts[state]++;
  }
}
