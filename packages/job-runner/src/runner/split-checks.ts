import { type Job, JobDescriptionError } from '@galaxy-mesos/galaxy-jobs';
import { PlanError } from '@galaxy-mesos/parallelism';
import { refuseUnknownUser } from '../child/refuse-unknown-user.ts';
import type { FileOwner } from '../deliver-as.ts';
import { messageOf } from '../job-error.ts';
import { Limiter } from '../limiter.ts';
import { checkHere } from '../planning/plan-here.ts';

/** What {@link SplitChecks} work with. */
export interface SplitChecksParts {
  /** Contributors' modules. */
  readonly modules: readonly string[];
  /** As whom files are read that say what there is to run. */
  readonly owner: FileOwner | undefined;
  /** The user of the tasks, by name. */
  readonly runAs?: string | undefined;
  /** Nobody waits for an answer any more. */
  readonly stopping: AbortSignal;
  /** So long one may take. */
  readonly seconds?: number;
}

/** Each is a process. */
const atOnce = 4;
const defaultSeconds = 30;

/** Looks at how jobs are to be split before they are taken. */
export class SplitChecks {
  readonly #parts: SplitChecksParts;
  readonly #limiter = new Limiter(atOnce);

  constructor(parts: SplitChecksParts) {
    this.#parts = parts;
  }

  /**
   * The inputs of a job with a directory are chosen only when it is planned, so that nothing is known of its split.
   * @throws JobDescriptionError, or the reason for which the runner stops
   */
  async check(job: Job): Promise<void> {
    if (!job.split) return;
    refuseUnknownUser(this.#parts);
    if (job.directory !== undefined) return;
    const { stopping } = this.#parts;
    await this.#limiter.run(() => this.#check(job), stopping);
  }

  /**
   * Starts the program once, where it is another user's, or loads what contributors bring.
   * @throws Error that says why jobs that are split could not be planned, or the reason for which the runner stops
   */
  async tryOut(): Promise<void> {
    const { modules, owner, stopping } = this.#parts;
    if (modules.length === 0 && !owner) return;
    const job = { inputs: [], outputs: [] };
    await this.#limiter.run(() => checkHere({ job, modules, owner, signal: stopping }), stopping);
  }

  async #check(job: Job): Promise<void> {
    const { modules, owner, stopping, seconds = defaultSeconds } = this.#parts;
    const late = AbortSignal.timeout(seconds * 1000);
    try {
      await checkHere({ job, modules, owner, signal: AbortSignal.any([stopping, late]) });
    } catch (error) {
      stopping.throwIfAborted();
      const words = error instanceof PlanError ? error.rawMessage : messageOf(error);
      const text = late.aborted ? `it could not be looked at within ${seconds} s; ask for less` : words;
      throw new JobDescriptionError([{ code: 'INVALID_VALUE', field: 'split', text }]);
    }
  }
}
