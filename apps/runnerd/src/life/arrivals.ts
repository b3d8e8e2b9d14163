import type { AttemptView, JobEvent, StagedJob } from '@galaxy-mesos/galaxy-jobs';
import type { Clock } from '@galaxy-mesos/scheduler';
import { Reminders } from './reminders.ts';

/** An attempt that runs and has not come for its files. */
export interface MissingVisitor {
  readonly jobId: string;
  readonly attempt: string;
  readonly hostname: string;
  /** The last line that it has written, which may say why. */
  readonly detail: string;
}

/** What {@link Arrivals} needs of its surroundings. */
export interface ArrivalsParts {
  readonly clock: Pick<Clock, 'after' | 'elapsed'>;
  readonly staged: (jobId: string) => StagedJob | undefined;
  /** The end of what the latest attempt at a job has written to stderr. */
  readonly lastWords: (jobId: string) => Promise<string>;
  /** Told for one attempt of a machine at once, and again ever more rarely. */
  readonly onMissing: (visitor: MissingVisitor) => void;
}

/** A machine that is slow to begin with is there by then. */
const patienceMilliseconds = 60_000;

/**
 * Notices attempts that run on agents and do not come for their files over HTTP: they try for an hour, and only what
 * they write tells that the agent does not reach the daemon, or does not trust its certificate.
 */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #awaited = new Map<string, { readonly hostname: string; readonly cancel: () => void }>();
  /** The attempt at each job that came last: it may come before its agent says that it runs. */
  readonly #come = new Map<string, string>();
  readonly #reminders = new Map<string, Reminders>();

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** Takes in what happens to jobs. */
  hear(event: JobEvent): void {
    if (event.type === 'removed') this.#come.delete(event.jobId);
    else if (event.type === 'attempt') this.#hearAttempt(event.jobId, event.attempt);
  }

  /** The job, whose files only this attempt or another may have: it has come for them. */
  visited(jobId: string): StagedJob | undefined {
    const job = this.#parts.staged(jobId);
    return (
      job && {
        ...job,
        isOpen: (attemptId) => {
          const isOpen = job.isOpen(attemptId);
          if (isOpen) this.#came(jobId, attemptId);
          return isOpen;
        },
      }
    );
  }

  /** Waits for nobody any more. */
  stop(): void {
    for (const id of [...this.#awaited.keys()]) this.#forget(id);
  }

  #hearAttempt(jobId: string, { id, state, endedAt, hostname }: AttemptView): void {
    if (endedAt !== undefined) this.#forget(id);
    const isExpected = state === 'TASK_RUNNING' && !this.#awaited.has(id) && this.#come.get(jobId) !== id;
    if (!isExpected || this.#parts.staged(jobId) === undefined) return;
    const cancel = this.#parts.clock.after(
      patienceMilliseconds,
      () => void this.#miss(jobId, id, hostname).catch(() => {}),
    );
    this.#awaited.set(id, { hostname, cancel });
  }

  #came(jobId: string, attemptId: string): void {
    this.#come.set(jobId, attemptId);
    const awaited = this.#awaited.get(attemptId);
    if (!awaited) return;
    this.#reminders.delete(awaited.hostname);
    this.#forget(attemptId);
  }

  #forget(attemptId: string): void {
    this.#awaited.get(attemptId)?.cancel();
    this.#awaited.delete(attemptId);
  }

  async #miss(jobId: string, attempt: string, hostname: string): Promise<void> {
    if (this.#parts.staged(jobId)?.isOpen(attempt) !== true) return this.#forget(attempt);
    const reminders = this.#reminders.get(hostname) ?? new Reminders(() => this.#parts.clock.elapsed());
    this.#reminders.set(hostname, reminders);
    if (!reminders.isDue('')) return;
    // The agent itself may be what cannot be reached.
    const words = await this.#parts.lastWords(jobId).catch(() => '');
    const detail = words.trim().split('\n').at(-1) ?? '';
    this.#parts.onMissing({ jobId, attempt, hostname, detail });
  }
}
