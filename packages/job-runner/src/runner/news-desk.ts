import type { Attempt, SchedulerNotice } from '@galaxy-mesos/scheduler';
import { warningOf } from '../warnings.ts';
import type { FlowDesk } from './flow-desk.ts';
import type { JobEntry } from './job-entry.ts';
import type { Happening, JobLedger } from './job-ledger.ts';
import type { JobTable } from './job-table.ts';
import { attemptView } from './views.ts';

/** What a {@link NewsDesk} works with. */
export interface NewsDeskParts {
  readonly table: JobTable;
  readonly ledger: JobLedger;
  readonly flows: FlowDesk;
  readonly onWarning: (message: string) => void;
  /** The scheduler cannot go on. */
  readonly onStopped: (error: Error) => void;
}

/** Takes in what the scheduler tells, and passes it on to the jobs that it is about. */
export class NewsDesk {
  readonly #parts: NewsDeskParts;

  constructor(parts: NewsDeskParts) {
    this.#parts = parts;
  }

  /** Takes in a notice of the scheduler, which is durable. */
  hear(notice: SchedulerNotice): void {
    if (notice.type === 'task') this.#hearTask(notice);
    else if (notice.type === 'attempt') this.#hearAttempt(notice.attempt);
    else if (notice.type === 'stopped') this.#parts.onStopped(notice.error);
    else {
      const warning = warningOf(notice);
      if (warning !== undefined) this.#parts.onWarning(warning);
    }
  }

  #hearTask(notice: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { spec, state, attempt, message } = notice;
    const entry = this.#parts.table.ofTask(spec.id);
    if (!entry) return;
    entry.book.moved(spec.id, state, attempt, message);
    const happenings: Happening[] = [
      { type: 'task', task: { id: spec.id, jobId: entry.id, name: spec.name, state } },
    ];
    // Of one that has just begun no other notice tells.
    if (state === 'active' && attempt)
      happenings.push({ type: 'attempt', taskId: spec.id, attempt: attemptView(attempt) });
    this.#parts.ledger.tell(entry, happenings);
    this.#parts.flows.hear(entry, notice);
  }

  #hearAttempt(attempt: Attempt): void {
    const entry = this.#parts.table.ofTask(attempt.taskId);
    if (!entry) return;
    entry.book.attempted(attempt);
    this.#parts.ledger.tell(entry, [
      { type: 'attempt', taskId: attempt.taskId, attempt: attemptView(attempt) },
    ]);
    if (attempt.state === 'TASK_RUNNING') this.runs(entry, attempt);
    entry.changed();
  }

  /** A task of the job runs. */
  runs(entry: JobEntry, attempt: Attempt): void {
    const { state, outcome } = entry.decided;
    const isNews = state === 'queued' || (state === 'paused' && outcome.startedAt === undefined);
    if (!isNews) return;
    const startedAt = outcome.startedAt ?? attempt.startedAt ?? attempt.launchedAt;
    const next = state === 'paused' ? state : 'running';
    this.#parts.ledger.move(entry, next, { ...outcome, startedAt }).catch(() => {
      // The ledger has told it as fatal.
    });
  }
}
