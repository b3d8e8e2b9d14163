import type { Job, StagedPart } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import {
  type Delivery,
  type Following,
  type JobPlan,
  type JobRecipe,
  nothingFollows,
} from '../job-recipe.ts';
import { type TaskTerms, taskSpec } from '../plan-tasks.ts';
import type { TaskBook } from '../task-book.ts';
import { partTaskId } from '../task-ids.ts';

/** What is known of trees, scripts and transfers of jobs that have a directory. */
export interface DirectoryJobs {
  /** Writes what the attempts need into the job's control directory; may be done again. */
  prepare(job: Job, controlDirectory: string): Promise<void>;
  /** The command of the job's task, or of one for a part, by the name of the part's file. */
  command(job: Job, controlDirectory: string, part?: string): string;
  /** What it finds in its environment; `secret` opens the files of the job, where they travel by HTTP. */
  environment(secret: string): Readonly<Record<string, string>>;
  /** The file with the script of the job. */
  script(controlDirectory: string): string;
  /** What attempts at a part have in the place of inputs, where they see nothing of what the job directory has. */
  part(controlDirectory: string, part: string, signal: AbortSignal): Promise<StagedPart | undefined>;
  /** The task of a part has ended, so that nobody asks for that any more. */
  dropPart(controlDirectory: string, part: string): Promise<void>;
  /** Moves what an attempt made into the job directory; may be done again. Nothing is moved once the signal fires. */
  deliver(
    job: Job,
    controlDirectory: string,
    attemptId: string,
    signal: AbortSignal,
  ): Promise<{ readonly exitCode?: number | undefined }>;
  /** The last bytes of what the tool wrote, after its end; `undefined` if that is not in the job directory. */
  tail(job: Job, stream: 'stdout' | 'stderr', maximumBytes: number): Promise<string | undefined>;
  /** Whether tasks make the trees in which they work, and not this process. */
  readonly areTreesOfTasks: boolean;
  /** The exit codes of a task after which another try may do better. */
  readonly passing: readonly number[];
  /** The exit codes of a task whose tool ran out of memory, where the cluster may not have noticed. */
  readonly outOfMemory: readonly number[];
  /** What the exit codes mean that are not the tool's, in words that follow those for the job. */
  readonly statusWords: ReadonlyMap<number, string>;
}

/** What a {@link DirectoryRecipe} is made of. */
export interface DirectoryJob {
  readonly job: Job;
  /** Of this job alone, beside the job directory. */
  readonly directory: string;
  readonly book: TaskBook;
  readonly directories: DirectoryJobs;
  readonly secret: string;
  readonly terms: TaskTerms;
  /** Another process may go on with the job: nothing is moved any more. */
  readonly stopping: AbortSignal;
}

/** How often a task is tried whose tree or transfers had trouble. */
const leastRetries = 3;

/** A job with a directory: one task, that works in a tree of its own, and whose files are moved into the directory. */
export class DirectoryRecipe implements JobRecipe {
  readonly #parts: DirectoryJob;

  constructor(parts: DirectoryJob) {
    this.#parts = parts;
  }

  prepare(): Promise<void> {
    const { job, directory, directories } = this.#parts;
    return directories.prepare(job, directory);
  }

  isPlanned(): boolean {
    return this.#parts.book.counts.total > 0;
  }

  async plan(submit: (specs: readonly TaskSpec[]) => Promise<void>): Promise<JobPlan> {
    await submit([this.task()]);
    return { records: 0 };
  }

  /** The one task that the job comes to; or, by the name of a part's file, one of a part, with the id of the first. */
  task(part?: string): TaskSpec {
    const { job, directory, directories, secret, terms } = this.#parts;
    const command = directories.command(job, directory, part);
    const spec = taskSpec(job, partTaskId(job, 0, terms.generation), job.name, command, terms);
    return {
      ...spec,
      environment: { ...spec.environment, ...directories.environment(secret) },
      retries: Math.max(spec.retries, leastRetries),
      retryRules: { ...spec.retryRules, exitCodes: directories.passing },
    };
  }

  /** The task of the store as this process would plan it. */
  renewed(_spec: TaskSpec): TaskSpec {
    return this.task();
  }

  planned(): readonly TaskId[] {
    return [...this.#parts.book.ids];
  }

  following(): Promise<Following> {
    return Promise.resolve(nothingFollows);
  }

  dispensable(): undefined {
    return undefined;
  }

  async deliver(): Promise<Delivery> {
    const { job, directory, directories, book, stopping, terms } = this.#parts;
    const winner = book.winner(partTaskId(job, 0, terms.generation)).id;
    const { exitCode } = await directories.deliver(job, directory, winner, stopping);
    return { results: [], ...(exitCode !== undefined && { exitCode }) };
  }
}
