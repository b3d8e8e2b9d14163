import { isEnded, type Job, type JobState, type JobView } from '@galaxy-mesos/galaxy-jobs';
import type { JobFlow } from '../job-flow.ts';
import { TaskBook } from '../task-book.ts';
import type { KeptJob, KeptOutcome } from './runner-store.ts';

/** Where a job stands. */
export interface Standing {
  readonly state: JobState;
  readonly outcome: KeptOutcome;
}

/** What a job is being brought forward by. */
export interface RunningFlow {
  readonly flow: JobFlow;
  readonly abort: AbortController;
  /** Resolves when nothing of this process works on the job any more; never rejects. */
  readonly done: Promise<void>;
}

/** A job of the runner, in memory. */
export class JobEntry {
  readonly job: Job;
  readonly createdAt: number;
  /** Tells its tasks from those of an earlier job of the same id; see `TaskTerms`. */
  generation: string;
  book = new TaskBook();
  /** Where it stands as was decided last, which may not be durable yet. */
  decided: Standing;
  running: RunningFlow | undefined;
  /** Whether it was cancelled, and nothing of it runs any more. */
  isQuiet = false;
  #shown: Standing;
  #watchers: (() => void)[] = [];

  constructor({ job, state, outcome, createdAt }: KeptJob, generation: string) {
    this.job = job;
    this.generation = generation;
    this.createdAt = createdAt;
    this.decided = { state, outcome };
    this.#shown = this.decided;
  }

  get id(): string {
    return this.job.id;
  }

  /** Where it stands, as is durable. */
  get shown(): Standing {
    return this.#shown;
  }

  get isPaused(): boolean {
    return this.decided.state === 'paused';
  }

  get isEnded(): boolean {
    return isEnded(this.decided.state);
  }

  /** Without the tasks that it had. */
  beginAnew(generation: string): void {
    this.generation = generation;
    this.book = new TaskBook();
  }

  /** What was decided is durable. */
  show(standing: Standing): void {
    this.#shown = standing;
    this.changed();
  }

  /** Wakes those who wait for something of this job. */
  changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** Resolves as soon as `isReached`; rejects with the signal's reason. */
  async until(isReached: () => boolean, signal?: AbortSignal): Promise<void> {
    const stopped = () => this.changed();
    signal?.addEventListener('abort', stopped, { once: true });
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (isReached()) return;
        await new Promise<void>((resolve) => this.#watchers.push(resolve));
      }
    } finally {
      signal?.removeEventListener('abort', stopped);
    }
  }

  /** As others see it. */
  view({ state, outcome }: Standing = this.#shown): JobView {
    const { id, name, owner, user, queue, priority = 0, resources, container } = this.job;
    return {
      id,
      name,
      state,
      ...(owner !== undefined && { owner }),
      ...(user !== undefined && { user }),
      ...(queue !== undefined && { queue }),
      priority,
      resources,
      ...(container && { container }),
      createdAt: this.createdAt,
      ...outcome,
      tasks: this.book.counts,
    };
  }
}
