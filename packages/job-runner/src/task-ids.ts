import { createHash } from 'node:crypto';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskRecord } from '@galaxy-mesos/scheduler';

// Padded, so that a listing of directories shows the parts in order.
const digits = 6;

/** The id of the task that runs a part of a job; parts are counted from 0. For the generation see `TaskTerms`. */
export const partTaskId = (job: Pick<Job, 'id'>, index: number, generation?: string): TaskId =>
  ofGeneration(`${job.id}-${String(index).padStart(digits, '0')}`, generation);

/** A name of an output without what neither a file name nor the id of a Mesos task may hold. */
const plainName = (output: string): string => encodeURIComponent(output);

/**
 * What one join of an output is called: `node` is its number in the tree of joins, `missing` the numbers of the parts
 * that are left out below it, by which a join is another one once they are not.
 */
export function joinName(output: string, node: number, missing: readonly number[]): string {
  const name = `${plainName(output)}-n${node}`;
  if (missing.length === 0) return name;
  return `${name}-x${createHash('sha256').update(missing.join()).digest('hex').slice(0, 12)}`;
}

/** The id of the task that does a join. */
export const joinTaskId = (job: Pick<Job, 'id'>, name: string, generation?: string): TaskId =>
  ofGeneration(`${job.id}-merge-${name}`, generation);

const ofGeneration = (id: string, generation: string | undefined): TaskId =>
  generation === undefined ? id : `${id}.${generation}`;

/** What the id of a task would be without a generation, and that. A generation has no dot in it. */
export function splitGeneration(taskId: TaskId): { readonly id: TaskId; readonly generation: string } {
  const dot = taskId.lastIndexOf('.');
  return { id: taskId.slice(0, Math.max(dot, 0)), generation: taskId.slice(dot + 1) };
}

/** What the id of a task of this generation would be without one. */
export const withoutGeneration = (taskId: TaskId, generation: string | undefined): TaskId =>
  generation === undefined ? taskId : splitGeneration(taskId).id;

/** What a task of a job is for, by its id without a generation; `undefined` if it is none of this job. */
export function taskKind(
  { id, outputs }: Pick<Job, 'id' | 'outputs'>,
  taskId: TaskId,
): 'part' | 'join' | undefined {
  if (!taskId.startsWith(`${id}-`)) return undefined;
  const rest = taskId.slice(id.length + 1);
  // A longer id may begin like this one: job-1 is not the job of job-1-2-000000.
  if (/^\d+$/.test(rest)) return 'part';
  const [, name] = /^merge-(.*)-n\d+(?:-x[0-9a-f]+)?$/.exec(rest) ?? [];
  return outputs.some((output) => plainName(output.name) === name) ? 'join' : undefined;
}

/** Whether a job goes on without the task, by its id without a generation, if that fails for good. */
export const isDispensable = (job: Pick<Job, 'id' | 'outputs' | 'split'>, taskId: TaskId): boolean =>
  job.split?.failedParts === 'skip' && taskKind(job, taskId) === 'part';

/** The ids that jobs may have of which a task is, by its id without a generation. */
export function jobIdsOf(taskId: TaskId): readonly string[] {
  const found = Array.from(taskId.matchAll(/-merge-/g), ({ index }) => taskId.slice(0, index));
  const [, ofPart] = /^(.*)-\d+$/.exec(taskId) ?? [];
  return ofPart === undefined ? found : [...found, ofPart];
}

/** The tasks of a job among those of a store, the parts first, in their order. */
export function tasksOf(job: Job, records: readonly TaskRecord[]): readonly TaskRecord[] {
  const of = (kind: string) => records.filter(({ spec }) => taskKind(job, spec.id) === kind);
  return [...of('part'), ...of('join')];
}
