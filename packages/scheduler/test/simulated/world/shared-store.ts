import {
  type Attempt,
  type AttemptId,
  isFinal,
  type TaskChange,
  type TaskId,
  type TaskRecord,
  type TaskState,
  type TaskStore,
  type TemporaryStoreError,
} from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import { type Life, never } from './moments.ts';

class CannotWrite extends Error implements TemporaryStoreError {
  override readonly name = 'CannotWrite';
  readonly isTemporary = true;
}

/**
 * The store of one scheduler after another. Who was given it last leads: what others write is refused. Notes what must
 * never be written.
 */
export class SharedStore extends MemoryTaskStore {
  /** What must never be, in words. */
  readonly wrong: string[] = [];
  /** Whether nothing can be written for now. */
  isFailing = false;
  /** Told of each commit, once it is durable. */
  onCommit: () => void = () => {};
  readonly #states = new Map<TaskId, TaskState>();
  readonly #attempts = new Map<AttemptId, Attempt>();
  readonly #lastAttempts = new Map<TaskId, AttemptId>();
  #leader: Life | undefined;
  #finals = 0;

  /** How many tasks have ended. */
  get finals(): number {
    return this.#finals;
  }

  stateOf(taskId: TaskId): TaskState | undefined {
    return this.#states.get(taskId);
  }

  attempt(attemptId: AttemptId): Attempt | undefined {
    return this.#attempts.get(attemptId);
  }

  /** Of a task: the one that its task waits for, if it waits for any. */
  lastAttempt(taskId: TaskId): AttemptId | undefined {
    return this.#lastAttempts.get(taskId);
  }

  /** What the scheduler of this life sees of it, who leads from now on. */
  for(life: Life): TaskStore {
    this.#leader = life;
    return {
      load: async () => (life.diesAt('before it loads') ? never : life.hears('after it loads', this.load())),
      commit: async (changes) => {
        if (life.diesAt('before a commit')) return never;
        return life.hears('after a commit', this.#write(life, changes));
      },
    };
  }

  /** The store has forgotten which framework it belongs to. */
  loseFrameworkId(): void {
    this.frameworkId = undefined;
  }

  async #write(life: Life, changes: readonly TaskChange[]): Promise<void> {
    // What is done without waiting for the commit is done before it.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isFailing) throw new CannotWrite('the store is down');
    if (life !== this.#leader) throw new Error('another scheduler leads');
    for (const change of changes) this.#note(change);
    await this.commit(changes);
    this.onCommit();
  }

  #note(change: TaskChange): void {
    if (change.type === 'added') this.#add(change.spec.id);
    else if (change.type === 'attempted') this.#launch(change.attempt);
    else if (change.type === 'updated') this.#attempts.set(change.attempt.id, change.attempt);
    else if (change.type === 'moved') this.#move(change.taskId, change.state);
  }

  #add(taskId: TaskId): void {
    if (this.#states.has(taskId)) this.wrong.push(`${taskId} is added twice`);
    this.#states.set(taskId, 'waiting');
  }

  #launch(attempt: Attempt): void {
    if (this.#attempts.has(attempt.id)) this.wrong.push(`the id ${attempt.id} is given out twice`);
    if (this.#states.get(attempt.taskId) !== 'waiting')
      this.wrong.push(`${attempt.id} is at a task that does not wait`);
    this.#attempts.set(attempt.id, attempt);
    this.#lastAttempts.set(attempt.taskId, attempt.id);
  }

  #move(taskId: TaskId, state: TaskState): void {
    const before = this.#states.get(taskId);
    if (before && isFinal(before)) this.wrong.push(`${taskId} was ${before} and becomes ${state}`);
    this.#states.set(taskId, state);
    if (isFinal(state)) this.#finals++;
  }
}

/** The attempts of a task that finished. */
export const finishedAttempts = ({ attempts }: TaskRecord): readonly Attempt[] =>
  attempts.filter(({ state }) => state === 'TASK_FINISHED');
