import type { FailedPartsView } from '@galaxy-mesos/galaxy-jobs';
import { dataOfError } from '@galaxy-mesos/parallelism';
import type { ClusterDriver, SchedulerNotice, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import { FailureReport } from './failure-report.ts';
import { JobError } from './job-error.ts';
import type { JobEvent, TaskCounts, TaskFailure } from './job-event.ts';
import type { Delivery, JobRecipe, JobTasks } from './job-recipe.ts';
import type { TaskBook } from './task-book.ts';
import type { FailedTask } from './task-failure.ts';
import { Works } from './works.ts';

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
  /** Called where it turns out, after it has begun, that there is no plan: there is nothing to go on with. */
  readonly onUnplannable?: () => Promise<void>;
}

/** What became of a job, or `interrupted`. */
export type FlowEnd =
  | ({ readonly state: 'ok'; readonly failedParts?: FailedPartsView } & Delivery)
  | { readonly state: 'error'; readonly failures: readonly TaskFailure[] }
  | { readonly state: 'interrupted' };

/** Brings one job from its plan to its results, over whoever runs its tasks. */
export class JobFlow {
  readonly #parts: JobFlowParts;
  /** Of tasks without which there is no result. */
  readonly #failures: FailureReport;
  /** Of parts that are left out. */
  readonly #skipped: FailureReport;
  readonly #works = new Works();
  /** Tasks that have ended, and nobody has asked yet what follows. */
  #ended: TaskId[] = [];

  constructor(parts: JobFlowParts) {
    this.#parts = parts;
    this.#failures = new FailureReport(parts);
    this.#skipped = new FailureReport(parts);
  }

  /**
   * Goes on with the job where its tasks stand. With `retry` those that have failed are tried again, else they fail
   * the job.
   */
  async run({ retry }: { readonly retry: boolean }): Promise<FlowEnd> {
    const { recipe, signal, tasks } = this.#parts;
    if (!(await this.#begin(retry))) return { state: 'interrupted' };
    const stopped = () => this.#works.changed();
    signal.addEventListener('abort', stopped, { once: true });
    try {
      await this.#join();
    } catch (error) {
      if (!signal.aborted) {
        // Nothing comes of them until somebody tries again, who has what is done by then.
        tasks.halt();
        throw error;
      }
    } finally {
      signal.removeEventListener('abort', stopped);
      await this.#works.settled();
    }
    await tasks.settled();
    if (this.#failures.size > 0) return { state: 'error', failures: await this.#failures.all() };
    if (signal.aborted) return { state: 'interrupted' };
    if (this.#isNothingLeft()) return { state: 'error', failures: await this.#skipped.all() };
    const failedParts = await this.#skipped.parts((id) => recipe.dispensable(id));
    return { state: 'ok', ...(failedParts && { failedParts }), ...(await recipe.deliver()) };
  }

  /** Takes in what became of a task of the job, after its book did. */
  hear({ spec, state, attempt, message }: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { book, listener } = this.#parts;
    if (state === 'failed') this.#fail({ spec, attempt, message });
    if (state === 'failed' || state === 'finished') {
      this.#ended.push(spec.id);
      this.#works.changed();
    }
    listener({
      type: 'task',
      task: spec.name,
      state,
      ...(attempt && { attempt: attempt.number, hostname: attempt.hostname, agentId: attempt.agentId }),
      ...(attempt?.exitCode !== undefined && { exitCode: attempt.exitCode }),
      counts: countsOf(book),
    });
  }

  /** Takes up the tasks that are there, and plans those that are not; false if it was interrupted meanwhile. */
  async #begin(retry: boolean): Promise<boolean> {
    const { recipe, signal } = this.#parts;
    try {
      if (this.#parts.book.counts.total > 0) await this.#takeUp(retry);
      const resumed = this.#parts.book.counts.finished;
      if (recipe.isPlanned()) this.#tellPlanned(0);
      else await this.#plan(resumed);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async #takeUp(retry: boolean): Promise<void> {
    const { book, onBegin, tasks } = this.#parts;
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
  }

  #tellPlanned(records: number, before?: number): void {
    const { book, listener, recipe } = this.#parts;
    const planned = recipe.planned();
    const finished = planned.filter((id) => book.get(id)?.state === 'finished').length;
    listener({ type: 'planned', tasks: planned.length, resumed: before ?? finished, records });
  }

  /**
   * Tasks begin while others are looked for. Where there is no such plan, what was begun is of no use; where it could
   * only not be made this time, another try goes on with it.
   */
  async #plan(resumed: number): Promise<void> {
    const { onBegin, onUnplannable, recipe, signal, tasks } = this.#parts;
    const isFirst = this.#parts.book.counts.total === 0;
    try {
      const { records } = await recipe.plan(async (specs) => {
        if (this.#failures.size > 0) throw new PlanningEnded();
        if (this.#parts.book.counts.total === 0) await onBegin();
        await this.#submit(this.#unknown(specs));
      });
      signal.throwIfAborted();
      this.#tellPlanned(records, resumed);
    } catch (error) {
      if (error instanceof PlanningEnded) return;
      if (this.#parts.book.counts.total === 0 || signal.aborted) throw error;
      if (isOfPlan(error)) {
        tasks.cancel();
        await tasks.settled();
        if (isFirst) await onUnplannable?.();
      } else tasks.halt();
      throw error;
    }
  }

  /** Begins what follows as soon as it can, until nothing does. */
  async #join(): Promise<void> {
    const { book, recipe, signal, tasks } = this.#parts;
    const isOpen = () => book.counts.waiting + book.counts.active > 0;
    let settling: Promise<void> | undefined;
    let isQuiet = false;
    // Asked once for all changes until then: each that waits costs something with every one.
    const settle = async (): Promise<void> => {
      isQuiet = false;
      await tasks.settled();
      isQuiet = true;
      settling = undefined;
    };
    while (this.#failures.size === 0 && !signal.aborted) {
      const following = await recipe.following(this.#ended.splice(0));
      await this.#submit(following.tasks);
      for (const work of following.works) this.#works.begin(work);
      if (this.#ended.length > 0) continue;
      if (!isOpen() && this.#works.isIdle) return;
      if (isOpen()) settling ??= settle();
      await this.#works.change(settling);
      if (isQuiet && isOpen() && this.#ended.length === 0 && this.#works.isIdle) return;
    }
  }

  /** Of tasks that are planned again: those that are not there yet. */
  #unknown(specs: readonly TaskSpec[]): readonly TaskSpec[] {
    const { book, directory } = this.#parts;
    return specs.filter((spec) => {
      const known = book.get(spec.id)?.spec;
      if (known && known.command !== spec.command) {
        const message = `${known.name} is another one than before: its input or a strategy has changed; begin anew`;
        throw new JobError('PLAN_CHANGED', directory, message);
      }
      return known === undefined;
    });
  }

  async #submit(specs: readonly TaskSpec[]): Promise<void> {
    const { book, tasks } = this.#parts;
    if (specs.length === 0) return;
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
    const { recipe, tasks } = this.#parts;
    if (recipe.dispensable(task.spec.id)) {
      this.#skipped.add(task);
      return;
    }
    if (this.#failures.size === 0) tasks.halt();
    this.#failures.add(task);
  }

  #isNothingLeft(): boolean {
    const { recipe } = this.#parts;
    return this.#skipped.size > 0 && this.#skipped.size === recipe.planned().length;
  }
}

/** A task failed meanwhile, so that no more of them are wanted. */
class PlanningEnded extends Error {}

/** What a disk or a server that is away for a while says of a file, too. */
const passing: ReadonlySet<string> = new Set(['NOT_FOUND', 'NO_PERMISSION', 'READ_FAILED']);

/** Whether it would be the same again: of the plan itself, not of a disk, the memory or the program. */
function isOfPlan(error: unknown): boolean {
  if (error instanceof JobError) return error.code === 'PLAN_CHANGED';
  const { type, code } = dataOfError(error);
  return type === 'plan' || (type === 'format' && !passing.has(code));
}

/** Tasks of a job are never cancelled one by one. */
export function countsOf(book: TaskBook): TaskCounts {
  const { total, waiting, active, finished, failed } = book.counts;
  return { total, waiting, active, finished, failed };
}
