import { JobServiceError, type JobView } from '@galaxy-mesos/galaxy-jobs';
import { type Clock, isFinal, type Scheduler } from '@galaxy-mesos/scheduler';
import { isDispensable, withoutGeneration } from '../task-ids.ts';
import type { FlowDesk } from './flow-desk.ts';
import type { JobEntry } from './job-entry.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobTable } from './job-table.ts';
import type { Trash } from './trash.ts';

/** What {@link JobRequests} work with. */
export interface JobRequestsParts {
  readonly scheduler: Pick<Scheduler, 'cancel' | 'forget' | 'gone' | 'hold' | 'release' | 'retry'>;
  readonly table: JobTable;
  readonly ledger: JobLedger;
  readonly flows: FlowDesk;
  readonly clock: Clock;
  readonly trash: Trash;
  /** For a job that begins anew. */
  readonly newGeneration: () => string;
  /** Seconds; see `JobRunnerOptions`. */
  readonly removalPatience: number;
  readonly cancelPatience: number;
  /** Fires when another process may go on with the jobs: no file is moved any more. */
  readonly stopping: AbortSignal;
  /** Removes what else is kept of attempts. */
  readonly onRemoval: (attemptIds: readonly string[]) => Promise<void>;
}

/** What is done to jobs by request. */
export class JobRequests {
  readonly #parts: JobRequestsParts;
  readonly #cancelling = new Map<string, Promise<void>>();
  readonly #removing = new Map<string, Promise<void>>();
  /** Of jobs that were cancelled, until they are removed. */
  readonly #salvaging = new Map<string, Promise<void>>();

  constructor(parts: JobRequestsParts) {
    this.#parts = parts;
  }

  async cancel(entry: JobEntry): Promise<JobView> {
    if (!entry.isEnded)
      this.#cancelling.set(
        entry.id,
        this.#cancel(entry).finally(() => this.#cancelling.delete(entry.id)),
      );
    await this.#cancelling.get(entry.id);
    await this.#briefly(this.#salvaging.get(entry.id));
    return entry.view();
  }

  async #cancel(entry: JobEntry): Promise<void> {
    const { startedAt } = entry.decided.outcome;
    const begun = startedAt === undefined ? {} : { startedAt };
    // First of all: whatever happens next, it is not gone on with.
    const ended = this.#parts.ledger.move(entry, 'deleted', { ...begun, endedAt: this.#parts.clock.now() });
    entry.running?.abort.abort(new Error('the job was cancelled'));
    await ended;
    await this.endCancelled(entry);
  }

  /** Ends what is left of a job that was cancelled, perhaps in an earlier process; then sees to what it has made. */
  async endCancelled(entry: JobEntry): Promise<void> {
    await this.endTasks(entry);
    this.#salvage(entry);
  }

  /** Resolves when nothing is moved any more of jobs that were cancelled. */
  async settled(): Promise<void> {
    await Promise.all(this.#salvaging.values());
  }

  /** Once nothing of it runs, what a job with a directory has made by then is put there: somebody may want to look. */
  #salvage(entry: JobEntry): void {
    const salvaging = this.#quiet([...entry.book.ids])
      .then((isQuiet) => {
        entry.isQuiet = isQuiet;
        return this.#parts.flows.salvage(entry);
      })
      .catch(() => {
        // It had made nothing yet, its files are elsewhere, or the runner has stopped: there is no claim to them.
      });
    this.#salvaging.set(entry.id, salvaging);
  }

  async pause(entry: JobEntry): Promise<JobView> {
    if (entry.isPaused) return entry.view();
    if (entry.isEnded) throw wrongState(entry, 'it has ended');
    const { ledger, scheduler } = this.#parts;
    await Promise.all([ledger.move(entry, 'paused'), scheduler.hold(openTasks(entry))]);
    return entry.view();
  }

  async resume(entry: JobEntry): Promise<JobView> {
    if (!entry.isPaused) throw wrongState(entry, 'only a paused job can be resumed');
    const { book } = entry;
    const isRunning = [...book.tasks].some(
      ({ state, attempts }) => state === 'active' && attempts.at(-1)?.startedAt !== undefined,
    );
    const state = isRunning ? 'running' : 'queued';
    const { flows, ledger, scheduler } = this.#parts;
    const resumed = ledger.move(entry, book.counts.total === 0 ? 'new' : state);
    // What waits of a job that fails is not begun any more.
    const released = hasFailed(entry) ? [] : openTasks(entry);
    await Promise.all([resumed, scheduler.release(released)]);
    flows.begin(entry);
    return entry.view();
  }

  async retry(entry: JobEntry): Promise<JobView> {
    if (entry.decided.state !== 'error') throw wrongState(entry, 'only a job in error can be tried again');
    if (this.#removing.has(entry.id)) throw wrongState(entry, 'and it is being removed');
    const { counts } = entry.book;
    const isNew = counts.total === 0 || counts.cancelled > 0;
    // From here on it counts as taken up, so that two requests do not meet.
    const taken = this.#parts.ledger.move(entry, isNew ? 'new' : 'queued', {});
    await Promise.all([taken, counts.cancelled > 0 ? this.#beginAnew(entry) : this.#tryAgain(entry)]);
    this.#parts.flows.begin(entry);
    return entry.view();
  }

  /** Of a plan that could not be made to its end nothing is left: what it is next may be something else. */
  async #beginAnew(entry: JobEntry): Promise<void> {
    const { newGeneration, scheduler, table } = this.#parts;
    await entry.running?.done;
    const taskIds = [...entry.book.ids];
    await this.#quiet(taskIds);
    await scheduler.forget(taskIds);
    table.disown(entry);
    entry.beginAnew(newGeneration());
  }

  async #tryAgain(entry: JobEntry): Promise<void> {
    const { scheduler } = this.#parts;
    const { book } = entry;
    await entry.running?.done;
    if (entry.isEnded) return;
    const failed = book.idsIn('failed');
    await scheduler.retry(failed);
    // The notice comes a little later, and the flow is to find them waiting.
    for (const id of failed) if (book.get(id)?.state === 'failed') book.moved(id, 'waiting');
    // Somebody may have decided otherwise meanwhile.
    if (entry.isEnded) await this.endTasks(entry);
    else if (entry.isPaused) await scheduler.hold(openTasks(entry));
    else await scheduler.release(openTasks(entry));
  }

  /** Ends what is left of a job. */
  async endTasks(entry: JobEntry): Promise<void> {
    const open = openTasks(entry);
    if (open.length > 0) await this.#parts.scheduler.cancel(open);
  }

  remove(entry: JobEntry): Promise<void> {
    const removing = this.#removing.get(entry.id) ?? this.#remove(entry);
    this.#removing.set(entry.id, removing);
    return removing.finally(() => this.#removing.delete(entry.id));
  }

  async #remove(entry: JobEntry): Promise<void> {
    const { flows, ledger, onRemoval, scheduler, stopping, table, trash } = this.#parts;
    await this.cancel(entry);
    await this.endTasks(entry);
    await entry.running?.done;
    const taskIds = [...entry.book.ids];
    // Of one that was cancelled that has been waited for, or is already.
    await (this.#salvaging.get(entry.id) ?? this.#quiet(taskIds));
    stopping.throwIfAborted();
    // Files first: what is cut short is removed when somebody asks again, as the job is still there.
    await trash.take(flows.directoryOf(entry.id));
    await onRemoval([...entry.book.tasks].flatMap(({ attempts }) => attempts.map(({ id }) => id)));
    await scheduler.forget(taskIds);
    await ledger.remove(entry, taskIds);
    table.forget(entry);
    this.#salvaging.delete(entry.id);
    entry.changed();
  }

  async #briefly(work: Promise<void> | undefined): Promise<void> {
    if (!work) return;
    const { cancelPatience, clock } = this.#parts;
    const patience = Promise.withResolvers<void>();
    const cancel = clock.after(cancelPatience * 1000, patience.resolve);
    await Promise.race([work, patience.promise]);
    cancel();
  }

  /** Waits until nothing of it runs, but not for ever, as an agent may never come back; answers whether it is so. */
  async #quiet(taskIds: readonly string[]): Promise<boolean> {
    const { clock, removalPatience, scheduler } = this.#parts;
    const patience = new AbortController();
    const cancel = clock.after(removalPatience * 1000, () => patience.abort());
    try {
      await scheduler.gone(taskIds, patience.signal);
      return true;
    } catch (error) {
      if (!patience.signal.aborted) throw error;
      return false;
    } finally {
      cancel();
    }
  }
}

/** Whether a task has failed without which there is no result. */
const hasFailed = ({ job, book, generation }: JobEntry): boolean =>
  book.counts.failed > 0 &&
  book.idsIn('failed').some((id) => !isDispensable(job, withoutGeneration(id, generation)));

/** The ids of tasks that wait or run. */
export const openTasks = ({ book }: JobEntry): string[] =>
  [...book.tasks].filter(({ state }) => !isFinal(state)).map(({ spec }) => spec.id);

const wrongState = (entry: JobEntry, why: string): JobServiceError =>
  new JobServiceError('WRONG_STATE', entry.id, `the job ${entry.id} is ${entry.decided.state}: ${why}`);
