import type { Clock } from '@galaxy-mesos/scheduler';
import type { JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

/** What a {@link Retention} works with. */
export interface RetentionParts {
  readonly table: JobTable;
  readonly clock: Clock;
  /** How long a job is kept after its end. */
  readonly seconds: number;
  readonly remove: (entry: JobEntry) => Promise<void>;
  readonly onFailure: (entry: JobEntry, error: Error) => void;
}

const longestIntervalMilliseconds = 3_600_000;

/** Removes jobs that ended long ago. Those that have a directory are left to whoever made that. */
export class Retention {
  readonly #parts: RetentionParts;
  #cancel: () => void = () => {};
  #isStopped = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Looks now, and then again and again. */
  start(): void {
    const { seconds } = this.#parts;
    if (!Number.isFinite(seconds) || this.#isStopped) return;
    void this.#sweep().finally(() => this.#wait());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #wait(): void {
    if (this.#isStopped) return;
    const { clock, seconds } = this.#parts;
    const interval = Math.min(Math.max(seconds * 1000, 1000), longestIntervalMilliseconds);
    this.#cancel = clock.after(interval, () => this.start());
  }

  async #sweep(): Promise<void> {
    const { table, clock, seconds, remove, onFailure } = this.#parts;
    const before = clock.now() - seconds * 1000;
    for (const entry of [...table.entries]) {
      if (this.#isStopped) return;
      const { endedAt } = entry.shown.outcome;
      const isDue = entry.isEnded && endedAt !== undefined && endedAt < before;
      if (!isDue || entry.job.directory !== undefined) continue;
      await remove(entry).catch((error: unknown) => {
        if (!this.#isStopped) onFailure(entry, error instanceof Error ? error : new Error(String(error)));
      });
    }
  }
}
