import type { ClusterDriver, SchedulerNotice, TaskSpec } from '@galaxy-mesos/scheduler';
import type { JobEvent, TaskCounts, TaskFailure } from './job-event.ts';
import type { Delivery, JobRecipe, JobTasks } from './job-recipe.ts';
import type { TaskBook } from './task-book.ts';
import { describeFailure, type FailedTask } from './task-failure.ts';

/** What a {@link JobFlow} is made of. */
export interface JobFlowParts {
  /** The job's own. */
  readonly directory: string;
  readonly recipe: JobRecipe;
  readonly book: TaskBook;
  readonly tasks: JobTasks;
  readonly driver: Pick<ClusterDriver, 'tailSandboxFile'>;
  readonly listener: (event: JobEvent) => void;
  /** Lets the job end where it stands; what is done is kept for another flow. */
  readonly signal: AbortSignal;
  /** What is to be done if an agent does not see {@link JobFlowParts.directory}. */
  readonly unseenAdvice: string;
  /** Called before any of its tasks can run: a job that has begun is one to go on with, whatever happens next. */
  readonly onBegin: () => Promise<void>;
}

/** What became of a job, or `interrupted`. */
export type FlowEnd =
  | ({ readonly state: 'ok' } & Delivery)
  | { readonly state: 'error'; readonly failures: readonly TaskFailure[] }
  | { readonly state: 'interrupted' };

/** Brings one job from its plan to its results, over whoever runs its tasks. */
export class JobFlow {
  readonly #parts: JobFlowParts;
  readonly #failures = new Map<string, Promise<TaskFailure>>();

  constructor(parts: JobFlowParts) {
    this.#parts = parts;
  }

  /**
   * Goes on with the job where its tasks stand. With `retry` those that have failed are tried again, else they fail
   * the job.
   */
  async run({ retry }: { readonly retry: boolean }): Promise<FlowEnd> {
    const { recipe, signal, tasks } = this.#parts;
    if (!(await this.#begin(retry))) return { state: 'interrupted' };
    await tasks.settled();
    if (this.#failures.size === 0 && !signal.aborted) {
      await this.#submit(recipe.following());
      await tasks.settled();
    }
    if (this.#failures.size > 0)
      return { state: 'error', failures: await Promise.all(this.#failures.values()) };
    if (signal.aborted) return { state: 'interrupted' };
    return { state: 'ok', ...(await recipe.deliver()) };
  }

  /** Takes in what became of a task of the job, after its book did. */
  hear({ spec, state, attempt, message }: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { book, listener } = this.#parts;
    if (state === 'failed') this.#fail({ spec, attempt, message });
    listener({
      type: 'task',
      task: spec.name,
      state,
      ...(attempt && { attempt: attempt.number, hostname: attempt.hostname, agentId: attempt.agentId }),
      ...(attempt?.exitCode !== undefined && { exitCode: attempt.exitCode }),
      counts: countsOf(book),
    });
  }

  /** Takes up the tasks that are there, or plans them; false if it was interrupted meanwhile. */
  async #begin(retry: boolean): Promise<boolean> {
    const { signal } = this.#parts;
    try {
      await (this.#parts.book.counts.total > 0 ? this.#takeUp(retry) : this.#plan());
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async #takeUp(retry: boolean): Promise<void> {
    const { book, listener, onBegin, recipe, tasks } = this.#parts;
    await onBegin();
    const failed = book.idsIn('failed');
    if (retry) {
      for (const id of failed) book.moved(id, 'waiting');
      await tasks.retry(failed);
    } else {
      for (const id of failed) {
        const task = book.get(id);
        if (task) this.#fail({ spec: task.spec, attempt: task.attempts.at(-1), message: task.message });
      }
    }
    const planned = recipe.planned();
    const resumed = planned.filter((id) => book.get(id)?.state === 'finished').length;
    listener({ type: 'planned', tasks: planned.length, resumed, records: 0 });
  }

  async #plan(): Promise<void> {
    const { listener, onBegin, recipe, signal } = this.#parts;
    const { specs, records } = await recipe.plan();
    signal.throwIfAborted();
    listener({ type: 'planned', tasks: specs.length, resumed: 0, records });
    await onBegin();
    await this.#submit(specs);
  }

  async #submit(specs: readonly TaskSpec[]): Promise<void> {
    const { book, tasks } = this.#parts;
    book.add(specs);
    try {
      await tasks.submit(specs);
    } catch (error) {
      book.takeBack(specs);
      throw error;
    }
  }

  /** One task that failed for good fails the job: what runs may end, since it need not run again on resuming. */
  #fail(task: FailedTask): void {
    const { driver, directory, tasks, unseenAdvice } = this.#parts;
    if (this.#failures.size === 0) tasks.halt();
    const failure = describeFailure(driver, directory, task, unseenAdvice);
    // Looked at when the job has settled; until then a rejection is not unhandled.
    failure.catch(() => {});
    this.#failures.set(task.spec.id, failure);
  }
}

/** Tasks of a job are never cancelled one by one. */
export function countsOf(book: TaskBook): TaskCounts {
  const { total, waiting, active, finished, failed } = book.counts;
  return { total, waiting, active, finished, failed };
}
