import { isEnded, type JobState, type JobView } from '@galaxy-mesos/galaxy-jobs';
import { jobTable } from './job-text.ts';

/** Jobs that have ended are shown for a while: so many of them. */
const recentlyEnded = 10;

/** What a person who watches jobs sees: those that have not ended, and the last that have. */
export class JobBoard {
  readonly #views = new Map<string, JobView>();

  /** Takes a job as it stands now. */
  show(view: JobView): void {
    // Those that changed last stand last.
    this.#views.delete(view.id);
    this.#views.set(view.id, view);
    const ended = [...this.#views.values()].filter(({ state }) => isEnded(state));
    for (const { id } of ended.slice(0, -recentlyEnded)) this.#views.delete(id);
  }

  /** A job of which nothing is known any more. */
  remove(jobId: string): void {
    this.#views.delete(jobId);
  }

  /** Lines of at most `columns` characters, not more than `rows`; what does not fit is counted. */
  text(now: number, { rows, columns }: { readonly rows: number; readonly columns: number }): string {
    const views = [...this.#views.values()];
    if (views.length === 0) return 'no jobs run or wait';
    // A heading, and a line for what is not shown.
    const shown = views.slice(-Math.max(1, rows - 3));
    const hidden = views.length - shown.length;
    const lines = jobTable(shown, now)
      .split('\n')
      .map((line) => line.slice(0, Math.max(1, columns - 1)));
    return [...lines, ...(hidden > 0 ? [`and ${hidden} more`] : []), countsOf(views)].join('\n');
  }
}

function countsOf(views: readonly JobView[]): string {
  const counts = new Map<JobState, number>();
  for (const { state } of views) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
