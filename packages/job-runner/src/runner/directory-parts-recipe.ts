import { existsSync } from 'node:fs';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import type { FileOwner } from '../deliver-as.ts';
import {
  chooseInputs,
  joinAttempts,
  joinedAttempt,
  keepPart,
  partFile,
  partPath,
} from '../directory-jobs/index.ts';
import { JobError } from '../job-error.ts';
import {
  type Delivery,
  type Following,
  type JobPlan,
  type JobRecipe,
  nothingFollows,
} from '../job-recipe.ts';
import { isPlanKept, keepPlan, keptPlan } from '../plan-record.ts';
import { planTasks } from '../plan-tasks.ts';
import { splitGeneration } from '../task-ids.ts';
import { type DirectoryJob, DirectoryRecipe } from './directory-recipe.ts';

/** What a {@link DirectoryPartsRecipe} is made of. */
export interface DirectoryPartsJob extends DirectoryJob {
  readonly driver: Pick<ClusterDriver, 'kind'>;
  readonly signal: AbortSignal;
  /** As whom inputs are looked at and results are joined; absent: as the user of this process. */
  readonly owner: FileOwner | undefined;
}

/**
 * A job with a directory that is cut: a task for each part, each in a tree of its own in which its slices stand in the
 * place of the inputs. What their attempts leave is joined to one tree, which is delivered as that of a whole job is.
 */
export class DirectoryPartsRecipe implements JobRecipe {
  readonly #parts: DirectoryPartsJob;
  readonly #whole: DirectoryRecipe;

  constructor(parts: DirectoryPartsJob) {
    this.#parts = parts;
    this.#whole = new DirectoryRecipe(parts);
  }

  prepare(): Promise<void> {
    return this.#whole.prepare();
  }

  isPlanned(): boolean {
    const { book, directory } = this.#parts;
    return book.counts.total > 0 && isPlanKept(directory);
  }

  async plan(submit: (specs: readonly TaskSpec[]) => Promise<void>): Promise<JobPlan> {
    const { job, directory } = this.#parts;
    this.#refuseUnseen();
    const chosen = await chooseInputs(job);
    // Its outputs are known only when all parts have ended, and values of parts are in their environment.
    const planned: Job = { ...job, command: ':', inputs: chosen.inputs, outputs: [], split: chosen.split };
    const { records, plan } = await planTasks(
      {
        ...this.#parts,
        job: planned,
        listener: () => {},
        specOf: (part, id, name, isWhole) =>
          isWhole ? this.#whole.task() : { ...this.#whole.task(keepPart(directory, chosen, part)), id, name },
      },
      submit,
    );
    await keepPlan(directory, plan);
    return { records };
  }

  /** A task of the store as this process would plan it. */
  renewed(spec: TaskSpec): TaskSpec {
    const { id, name } = spec;
    const part = partFile(Number(/\d+$/.exec(splitGeneration(id).id || id)?.[0]));
    const isPart = existsSync(partPath(this.#parts.directory, part));
    return { ...this.#whole.task(isPart ? part : undefined), id, name };
  }

  planned(): readonly TaskId[] {
    return this.#whole.planned();
  }

  following(): Promise<Following> {
    return Promise.resolve(nothingFollows);
  }

  dispensable(): undefined {
    return undefined;
  }

  async deliver(): Promise<Delivery> {
    const { job, directory, book, directories, owner, signal, stopping } = this.#parts;
    const ids = this.planned();
    if (ids.length === 1) return this.#whole.deliver();
    const { parts } = keptPlan(directory, ids.length);
    const attempts = ids.map((id, index) => {
      const { label, values } = parts[index] ?? {};
      return {
        attemptId: book.winner(id).id,
        ...(label !== undefined && { label }),
        ...(values && { values }),
      };
    });
    await joinAttempts({ job, controlDirectory: directory, attempts, modules: [], owner, signal });
    const { exitCode } = await directories.deliver(job, directory, joinedAttempt, stopping);
    return { results: [], ...(exitCode !== undefined && { exitCode }) };
  }

  #refuseUnseen(): void {
    const { directories, job } = this.#parts;
    if (directories.areTreesOfTasks) return;
    const message =
      'a job is cut into parts only where agents see the directories of the daemon; set staging: shared, or take submit_strategy out';
    throw new JobError('NO_SHARED_PATH', job.directory ?? '', message);
  }
}
