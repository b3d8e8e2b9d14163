import { setTimeout as sleep } from 'node:timers/promises';
import type { JobService } from '../job-service.ts';
import type { JobRemoval } from './schemas/views.ts';

interface Removal {
  readonly done: Promise<void>;
  /** Nobody waits for it who would be told that it failed. */
  isUnheard: boolean;
}

/** Jobs that are being removed, some of which wait for an agent that may never come back. */
export class JobRemovals {
  readonly #jobs: JobService;
  readonly #closing: AbortSignal;
  readonly #onFailure: (jobId: string, error: unknown) => void;
  readonly #removals = new Map<string, Removal>();

  /** `onFailure` is told of failures that nobody else is. */
  constructor(jobs: JobService, closing: AbortSignal, onFailure: (jobId: string, error: unknown) => void) {
    this.#jobs = jobs;
    this.#closing = closing;
    this.#onFailure = onFailure;
  }

  /**
   * Removes a job. If that takes longer than `seconds`, answers what it waits for, and goes on.
   * @throws what the service throws
   */
  async remove(jobId: string, seconds: number): Promise<JobRemoval | undefined> {
    const removal = this.#removals.get(jobId) ?? this.#begin(jobId);
    const patience = new AbortController();
    const signal = AbortSignal.any([patience.signal, this.#closing]);
    const late = sleep(seconds * 1000, 'late' as const, { signal }).catch(() => 'late' as const);
    const end = await Promise.race([removal.done, late]).finally(() => patience.abort());
    if (end !== 'late') return undefined;
    removal.isUnheard = true;
    return { jobId, waitsFor: this.#running(jobId) };
  }

  #begin(jobId: string): Removal {
    const removal: Removal = { done: this.#jobs.remove(jobId), isUnheard: false };
    this.#removals.set(jobId, removal);
    removal.done
      .catch((error: unknown) => {
        if (removal.isUnheard && !this.#closing.aborted) this.#onFailure(jobId, error);
      })
      .finally(() => this.#removals.delete(jobId));
    return removal;
  }

  #running(jobId: string): JobRemoval['waitsFor'] {
    if (!this.#jobs.job(jobId)) return [];
    const known = new Set(this.#jobs.agents().map(({ id }) => id));
    return this.#jobs.tasks(jobId).flatMap(({ id: taskId, attempts }) =>
      attempts
        .filter(({ endedAt }) => endedAt === undefined)
        .map(({ id, state, agentId, hostname }) => ({
          ...{ taskId, attemptId: id, state, agentId, hostname, isAgentKnown: known.has(agentId) },
        })),
    );
  }
}
