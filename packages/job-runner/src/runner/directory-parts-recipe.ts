import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import { checkInputs } from '../deliver.ts';
import type { FileOwner } from '../deliver-as.ts';
import {
  chooseInputsHere,
  dropParts,
  isPartKept,
  joinAttempts,
  joinedAttempt,
  keepPart,
  leftOutOf,
  mergesOfFormats,
  resultsOfFormats,
} from '../directory-jobs/index.ts';
import { JobError } from '../job-error.ts';
import {
  type Delivery,
  type Following,
  type JobPlan,
  type JobRecipe,
  nothingFollows,
} from '../job-recipe.ts';
import { dropPlan, isPlanKept, keepPlan, keptPlan } from '../plan-record.ts';
import { type PlanRun, planTasks } from '../plan-tasks.ts';
import type { HandedPart } from '../planning/planned-data.ts';
import { type DirectoryJob, DirectoryRecipe } from './directory-recipe.ts';
import { partOfTask } from './part-of-task.ts';

/** What a {@link DirectoryPartsRecipe} is made of. */
export interface DirectoryPartsJob
  extends DirectoryJob,
    Pick<PlanRun, 'driver' | 'signal' | 'strategyModules' | 'cores' | 'planInTurn'> {
  /** As whom inputs are looked at and results are joined; absent: as the user of this process. */
  readonly owner: FileOwner | undefined;
  /** Joins may be many: does one when it is its turn. */
  readonly inTurn: (join: () => Promise<void>, signal: AbortSignal) => Promise<void>;
}

/** What stands before the names of a part's values in the environment of its tool, such as `GALAXY_PART_seed`. */
const valuePrefix = 'GALAXY_PART_';

/**
 * A job with a directory that is cut: a task for each part, each in a tree of its own in which its slices stand in the
 * place of the inputs. What their attempts leave is joined to one tree, which is delivered as that of a whole job is.
 */
export class DirectoryPartsRecipe implements JobRecipe {
  readonly #parts: DirectoryPartsJob;
  readonly #whole: DirectoryRecipe;
  /** Whether somebody was told to join the parts; only then what they have made is delivered. */
  #isJoined = false;

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
    const { job, directory, directories, owner, signal, planInTurn = (plan) => plan(), book } = this.#parts;
    const { strategyModules: modules = [] } = this.#parts;
    dropPlan(directory);
    if (book.counts.total === 0) dropParts(directory);
    await this.#checkOutside();
    const chosen = await planInTurn(() => chooseInputsHere({ ...job, modules }, signal, owner), signal);
    // Its outputs are known only when all parts have ended, and values of parts are in their environment.
    const { inputs, split } = chosen;
    const planned: Job = { ...job, command: ':', inputs, outputs: resultsOfFormats(split), split };
    const specOf = (part: HandedPart, id: TaskId, name: string, isWhole: boolean): TaskSpec =>
      isWhole
        ? this.#whole.task()
        : this.#taskOf(keepPart(directory, chosen, part, book.get(id) !== undefined), id, name, part.values);
    const { records, plan } = await planTasks(
      { ...this.#parts, job: planned, listener: () => {}, specOf, shared: directories.areTreesOfTasks },
      submit,
    );
    await keepPlan(directory, plan);
    return { records };
  }

  /** A task of the store as this process would plan it; what a part has of values is in its environment only. */
  renewed({ id, name, environment }: TaskSpec): TaskSpec {
    const part = partOfTask(id);
    if (!isPartKept(this.#parts.directory, part)) return this.#whole.task();
    const task = this.#taskOf(part, id, name);
    return { ...task, environment: { ...environment, ...task.environment } };
  }

  planned(): readonly TaskId[] {
    return this.#whole.planned();
  }

  /** The parts are joined beside all else that goes on, and not where results are moved into place. */
  async following(): Promise<Following> {
    const { book } = this.#parts;
    const isDone = this.planned().every((id) => book.get(id)?.state === 'finished');
    if (this.#isJoined || !isDone || this.planned().length < 2) return nothingFollows;
    this.#isJoined = true;
    return { tasks: [], works: [() => this.#join()] };
  }

  dispensable(): undefined {
    return undefined;
  }

  async deliver(): Promise<Delivery> {
    const { job, directory, directories, stopping } = this.#parts;
    if (this.planned().length === 1) return this.#whole.deliver();
    if (!this.#isJoined) await this.#join();
    const { exitCode } = await directories.deliver(job, directory, joinedAttempt, stopping);
    // What Galaxy thinks of the exit codes of the parts counts for nothing where results are missing.
    const leftOut = await leftOutOf(directory);
    if (leftOut !== undefined) throw new JobError('JOIN', job.directory ?? '', leftOut);
    return { results: [], ...(exitCode !== undefined && { exitCode }) };
  }

  #taskOf(part: string, id: TaskId, name: string, values: HandedPart['values'] = {}): TaskSpec {
    const task = this.#whole.task(part);
    const given = Object.entries(values).map(([key, value]) => [`${valuePrefix}${key}`, value]);
    return { ...task, id, name, environment: { ...Object.fromEntries(given), ...task.environment } };
  }

  /** Files in the job directory are there for this job alone; others somebody may change meanwhile. */
  #checkOutside(): Promise<void> {
    const { job } = this.#parts;
    const inputs = job.inputs.filter(({ path }) => !path.startsWith(`${job.directory}/`));
    return checkInputs({ ...job, inputs });
  }

  async #join(): Promise<void> {
    const { job, directory, book, inTurn, owner, signal, strategyModules: modules = [] } = this.#parts;
    await this.#checkOutside();
    const ids = this.planned();
    const { parts, joins } = keptPlan(directory, ids.length);
    const attempts = ids.map((id, index) => {
      const { label, values } = parts[index] ?? {};
      return {
        attemptId: book.winner(id).id,
        ...(label !== undefined && { label }),
        ...(values && { values }),
      };
    });
    const strategyMerges = mergesOfFormats(joins);
    const join = { job, controlDirectory: directory, attempts, modules, strategyMerges, owner, signal };
    await inTurn(() => joinAttempts(join), signal);
  }
}
