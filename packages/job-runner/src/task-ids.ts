import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskRecord } from '@galaxy-mesos/scheduler';

// Padded, so that a listing of directories shows the parts in order.
const digits = 6;

/** The id of the task that runs a part of a job; parts are counted from 0. For the generation see `TaskTerms`. */
export const partTaskId = (job: Job, index: number, generation?: string): TaskId =>
  ofGeneration(`${job.id}-${String(index).padStart(digits, '0')}`, generation);

/** A name of an output without what neither a file name nor the id of a Mesos task may hold. */
export const plainName = (output: string): string => encodeURIComponent(output);

/** The id of the task that joins an output of a job. */
export const mergeTaskId = (job: Job, output: string, generation?: string): TaskId =>
  ofGeneration(`${job.id}-merge-${plainName(output)}`, generation);

const ofGeneration = (id: string, generation: string | undefined): TaskId =>
  generation === undefined ? id : `${id}.${generation}`;

/** What the id of a task would be without a generation, and that. A generation has no dot in it. */
export function splitGeneration(taskId: TaskId): { readonly id: TaskId; readonly generation: string } {
  const dot = taskId.lastIndexOf('.');
  return { id: taskId.slice(0, Math.max(dot, 0)), generation: taskId.slice(dot + 1) };
}

/** The tasks of a job among those of a store, in the order of the parts, and the merges. */
export function tasksOf(
  job: Job,
  records: readonly TaskRecord[],
): { parts: TaskRecord[]; merges: TaskRecord[] } {
  const mergeIds = new Set(job.outputs.map(({ name }) => mergeTaskId(job, name)));
  // A longer id may begin like this one: job-1 is not the job of job-1-2-000000.
  const isPart = (id: string) => id.startsWith(`${job.id}-`) && /^\d+$/.test(id.slice(job.id.length + 1));
  return {
    parts: records.filter(({ spec }) => isPart(spec.id)),
    merges: records.filter(({ spec }) => mergeIds.has(spec.id)),
  };
}
