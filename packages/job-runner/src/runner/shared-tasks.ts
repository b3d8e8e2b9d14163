import type { Scheduler, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { JobTasks } from '../job-recipe.ts';
import type { JobEntry } from './job-entry.ts';

/** What is asked of a scheduler that many jobs share. */
export type TaskDesk = Pick<Scheduler, 'submit' | 'retry' | 'hold' | 'cancel'>;

/** The tasks of one job among those of many. */
export class SharedTasks implements JobTasks {
  readonly #entry: JobEntry;
  readonly #desk: TaskDesk;
  readonly #signal: AbortSignal;
  #isHalted = false;

  constructor(entry: JobEntry, desk: TaskDesk, signal: AbortSignal) {
    this.#entry = entry;
    this.#desk = desk;
    this.#signal = signal;
  }

  async submit(specs: readonly TaskSpec[]): Promise<void> {
    if (specs.length === 0) return;
    // They must not start before somebody says so.
    if (this.#entry.isPaused) await this.#desk.hold(specs.map(({ id }) => id));
    this.#signal.throwIfAborted();
    await this.#desk.submit(specs);
  }

  async retry(taskIds: readonly TaskId[]): Promise<void> {
    if (taskIds.length > 0) await this.#desk.retry(taskIds);
  }

  halt(): void {
    const { book } = this.#entry;
    const held = [...book.idsIn('waiting'), ...book.idsIn('active')];
    this.#desk.hold(held).then(
      () => {
        this.#isHalted = true;
        this.#entry.changed();
      },
      () => {
        // The scheduler has stopped, and whoever owns it knows.
      },
    );
  }

  cancel(): void {
    const { book } = this.#entry;
    this.#desk.cancel([...book.idsIn('waiting'), ...book.idsIn('active')]).catch(() => {
      // The scheduler has stopped, and whoever owns it knows.
    });
  }

  settled(): Promise<void> {
    const { book } = this.#entry;
    const isSettled = () => book.counts.active === 0 && (book.counts.waiting === 0 || this.#isHalted);
    return this.#entry.until(isSettled, this.#signal);
  }
}
