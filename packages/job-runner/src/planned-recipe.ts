import { mkdirSync } from 'node:fs';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import { checkInputs, deliver } from './deliver.ts';
import type { FileOwner } from './deliver-as.ts';
import { deliverCollection } from './deliver-collection.ts';
import type { PartOfTask } from './failure-report.ts';
import { attemptPath, prepareJobDirectory } from './job-directory.ts';
import type { JobEvent, JobResult } from './job-event.ts';
import { type Delivery, type Following, type JobPlan, type JobRecipe, nothingFollows } from './job-recipe.ts';
import { JobJoins, type JobJoinsParts } from './joins/job-joins.ts';
import { dropPlan, isPlanKept, keepPlan, keptPlan, type PlanRecord } from './plan-record.ts';
import { type PlanRun, planTasks } from './plan-tasks.ts';
import type { TaskBook } from './task-book.ts';
import { isDispensable, taskKind, withoutGeneration } from './task-ids.ts';

/** What a {@link PlannedRecipe} is made of. */
export interface PlannedJob extends Omit<PlanRun, 'specOf'>, Pick<JobJoinsParts, 'inTurn'> {
  readonly job: Job;
  /** Absolute path of a directory of this job alone, that every agent sees under the same name. */
  readonly directory: string;
  readonly driver: Pick<ClusterDriver, 'kind'>;
  readonly book: TaskBook;
  readonly listener: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  /** Leaves each task's part of the input beside its output. */
  readonly keepParts: boolean;
  /** Whose the outputs must be, and as whom files are read and put in place. Default: anybody's, as this process. */
  readonly owner?: FileOwner | undefined;
}

/** A command with inputs and outputs, whole or split: its parts are joined, and each output is moved into place. */
export class PlannedRecipe implements JobRecipe {
  readonly #planned: PlannedJob;
  #kept: PlanRecord | undefined;
  #joins: JobJoins | undefined;

  constructor(planned: PlannedJob) {
    this.#planned = planned;
  }

  async prepare(): Promise<void> {
    const { job, directory, keepParts } = this.#planned;
    await checkInputs(job);
    mkdirSync(directory, { recursive: true });
    prepareJobDirectory(job, directory, { keepParts });
  }

  isPlanned(): boolean {
    const { job, directory, book } = this.#planned;
    return book.counts.total > 0 && (!job.split || isPlanKept(directory));
  }

  async plan(submit: (specs: readonly TaskSpec[]) => Promise<void>): Promise<JobPlan> {
    const { job, directory } = this.#planned;
    if (job.split) dropPlan(directory);
    const { records, plan } = await planTasks(this.#planned, submit);
    if (job.split) await keepPlan(directory, plan);
    return { records };
  }

  planned(): readonly TaskId[] {
    const { job, book, terms } = this.#planned;
    return [...book.ids].filter((id) => taskKind(job, withoutGeneration(id, terms?.generation)) === 'part');
  }

  async following(ended: readonly TaskId[]): Promise<Following> {
    if (this.#plan().isWhole) return nothingFollows;
    return this.#jobJoins().following(ended);
  }

  dispensable(taskId: TaskId): PartOfTask | undefined {
    const { job, terms } = this.#planned;
    const id = withoutGeneration(taskId, terms?.generation);
    if (!isDispensable(job, id)) return undefined;
    const index = Number(/\d+$/.exec(id)?.[0]);
    const label = isPlanKept(this.#planned.directory) ? this.#plan().parts[index]?.label : undefined;
    return { index, ...(label !== undefined && { label }) };
  }

  async deliver(): Promise<Delivery> {
    const { job, owner, signal } = this.#planned;
    await checkInputs(job);
    const results: JobResult[] = [];
    for (const output of job.outputs) {
      signal.throwIfAborted();
      const { path, isDirectory } = await this.#result(output);
      results.push(await (isDirectory ? deliverCollection : deliver)(job, output, path, owner));
    }
    return { results };
  }

  async #result(output: Job['outputs'][number]): Promise<{ path: string; isDirectory: boolean }> {
    const { directory, book } = this.#planned;
    if (!this.#plan().isWhole) return this.#jobJoins().result(output);
    const [task = ''] = this.planned();
    return { path: attemptPath(directory, book.winner(task).id, output.file), isDirectory: false };
  }

  #jobJoins(): JobJoins {
    this.#joins ??= new JobJoins(this.#planned, this.#plan(), this.planned());
    return this.#joins;
  }

  #plan(): PlanRecord {
    const { job, directory } = this.#planned;
    if (!job.split) return wholePlan;
    this.#kept ??= keptPlan(directory, this.planned().length);
    return this.#kept;
  }
}

const wholePlan: PlanRecord = { isWhole: true, joins: {}, parts: [{}] };
