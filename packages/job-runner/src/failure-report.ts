import type { FailedPartsView, FailedPartView } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, TaskId } from '@galaxy-mesos/scheduler';
import { describeTaskFailure } from './failure-words.ts';
import type { TaskFailure } from './job-event.ts';
import type { TaskBook } from './task-book.ts';
import { describeFailure, type FailedTask } from './task-failure.ts';

/** What a {@link FailureReport} works with. */
export interface FailureReportParts {
  /** The job's own. */
  readonly directory: string;
  readonly book: TaskBook;
  readonly driver: Pick<ClusterDriver, 'tailSandboxFile'>;
  readonly unseenAdvice: string;
}

/** Which part a task is. */
export type PartOfTask = Pick<FailedPartView, 'index' | 'label'>;

/** More than these nobody reads, and each has the end of a stderr. */
const mostDescribed = 100;

interface Failure {
  readonly id: TaskId;
  readonly told: Promise<TaskFailure>;
}

/** Gathers why tasks have failed, of the first ones. */
export class FailureReport {
  readonly #parts: FailureReportParts;
  readonly #failed = new Set<TaskId>();
  readonly #failures: Failure[] = [];

  constructor(parts: FailureReportParts) {
    this.#parts = parts;
  }

  /** How many have failed. */
  get size(): number {
    return this.#failed.size;
  }

  /** A task has failed for good. */
  add(task: FailedTask): void {
    const { id } = task.spec;
    if (this.#failed.has(id)) return;
    this.#failed.add(id);
    if (this.#failures.length >= mostDescribed) return;
    const { driver, directory, unseenAdvice } = this.#parts;
    const told = describeFailure(driver, directory, task, unseenAdvice);
    // Looked at when the job has settled; until then a rejection is not unhandled.
    told.catch(() => {});
    this.#failures.push({ id, told });
  }

  /** @throws JobError `NO_SHARED_PATH` */
  all(): Promise<TaskFailure[]> {
    return Promise.all(this.#failures.map(({ told }) => told));
  }

  /**
   * Those that are parts, in order; `undefined` if there are none.
   * @param partOf which part a task is
   * @throws JobError `NO_SHARED_PATH`
   */
  async parts(partOf: (id: TaskId) => PartOfTask | undefined): Promise<FailedPartsView | undefined> {
    if (this.size === 0) return undefined;
    const parts = await Promise.all(
      this.#failures.map(async ({ id, told }): Promise<FailedPartView> => {
        const task = this.#parts.book.get(id);
        const { stderr } = await told;
        const message = task ? describeTaskFailure(task, stderr) : 'it is not known any more';
        return { ...(partOf(id) ?? { index: 0 }), message };
      }),
    );
    return { total: this.size, parts: parts.sort((one, other) => one.index - other.index) };
  }
}
