import { mkdirSync } from 'node:fs';
import { chown, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { type MergeChoice, mergeNamed, readyMerge } from '@galaxy-mesos/parallelism';
import type { ClusterDriver, TaskId, TaskSpec } from '@galaxy-mesos/scheduler';
import { checkInputs, deliver } from './deliver.ts';
import type { FileOwner } from './deliver-as.ts';
import { deliverCollection } from './deliver-collection.ts';
import { attemptPath, prepareJobDirectory } from './job-directory.ts';
import { JobError, messageOf } from './job-error.ts';
import type { JobEvent, JobResult } from './job-event.ts';
import type { Delivery, JobPlan, JobRecipe } from './job-recipe.ts';
import { joinHere } from './join/join-here.ts';
import { mergedFile, prepareMerge } from './merge-script.ts';
import { isPlanKept, keepPlan, keptPlan, type PlanRecord } from './plan-record.ts';
import { planTasks, type TaskTerms, taskSpec } from './plan-tasks.ts';
import { requireReadable } from './require-readable.ts';
import type { TaskBook } from './task-book.ts';
import { mergeTaskId, plainName } from './task-ids.ts';

/** What a {@link PlannedRecipe} is made of. */
export interface PlannedJob {
  readonly job: Job;
  /** Absolute path of a directory of this job alone, that every agent sees under the same name. */
  readonly directory: string;
  readonly driver: Pick<ClusterDriver, 'kind'>;
  readonly book: TaskBook;
  readonly listener: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  /** Leaves each task's part of the input beside its output. */
  readonly keepParts: boolean;
  readonly terms?: TaskTerms;
  /** Whose the outputs must be, and as whom they are put in place. Default: anybody's, as the user of this process. */
  readonly owner?: FileOwner;
}

/** A command with inputs and outputs, whole or split: its parts are joined, and each output is moved into place. */
export class PlannedRecipe implements JobRecipe {
  readonly #planned: PlannedJob;

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
    const { job, directory, owner } = this.#planned;
    if (owner) await requireReadable(job, owner);
    const { records, plan } = await planTasks(this.#planned, submit);
    if (job.split) keepPlan(directory, plan);
    return { records };
  }

  /** Joins the outputs of the parts, each as a task of its own; a job that is not split needs none. */
  following(): readonly TaskSpec[] {
    const { job, directory, book, listener, terms } = this.#planned;
    const { isWhole, merges } = this.#plan();
    if (isWhole) return [];
    const parts = this.planned();
    return job.outputs.flatMap(({ name, file }) => {
      const id = mergeTaskId(job, name, terms?.generation);
      const merge = merges[name];
      if (!merge || readyMerge(merge).kind === 'here' || book.get(id)) return [];
      const files = parts.map((part) => attemptPath(directory, book.winner(part).id, file));
      const command = prepareMerge(directory, { output: name, merge, parts: files });
      listener({ type: 'merging', output: name, parts: files.length });
      return [taskSpec(job, id, `merge of ${name}`, command, terms)];
    });
  }

  async deliver(): Promise<Delivery> {
    const { job, directory, book, owner, signal, terms } = this.#planned;
    await checkInputs(job);
    const { isWhole, merges } = this.#plan();
    const results: JobResult[] = [];
    for (const output of job.outputs) {
      signal.throwIfAborted();
      const merge = merges[output.name];
      if (!isWhole && merge && readyMerge(merge).kind === 'here') {
        results.push(await this.#joinHere(output, merge));
        continue;
      }
      const task = isWhole ? this.planned()[0] : mergeTaskId(job, output.name, terms?.generation);
      const file = isWhole ? output.file : mergedFile;
      const made = attemptPath(directory, book.winner(task ?? '').id, file);
      results.push(await deliver(job, output, made, owner));
    }
    return { results };
  }

  /** Joins the results of an output beside this process: from the beginning, whatever an earlier one had done. */
  async #joinHere(output: Job['outputs'][number], merge: MergeChoice): Promise<JobResult> {
    const { job, directory, book, listener, owner, signal } = this.#planned;
    const records = this.#plan().parts;
    const parts = this.planned().map((id, index) => ({
      ...records[index],
      path: attemptPath(directory, book.winner(id).id, output.file),
    }));
    const place = path.join(directory, `joined-${plainName(output.name)}`);
    await rm(place, { recursive: true, force: true });
    await mkdir(place);
    if (owner) await chown(place, owner.uid, owner.gid);
    const destination = path.join(place, mergedFile);
    listener({ type: 'merging', output: output.name, parts: parts.length });
    try {
      await joinHere({ merge, parts, destination }, signal, owner);
    } catch (error) {
      signal.throwIfAborted();
      throw new JobError('JOIN', output.destination, messageOf(error), error);
    }
    const isDirectory = mergeNamed(merge.merge).makes === 'directory';
    return (isDirectory ? deliverCollection : deliver)(job, output, destination, owner);
  }

  #plan(): PlanRecord {
    const { job, directory } = this.#planned;
    return job.split ? keptPlan(directory) : { isWhole: true, merges: {}, parts: [{}] };
  }

  planned(): readonly TaskId[] {
    const { job, book, terms } = this.#planned;
    const merges = new Set(job.outputs.map(({ name }) => mergeTaskId(job, name, terms?.generation)));
    return [...book.ids].filter((id) => !merges.has(id));
  }
}
