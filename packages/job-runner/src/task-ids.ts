import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskRecord } from '@galaxy-mesos/scheduler';

// Padded, so that a listing of directories shows the parts in order.
const digits = 6;

/** The id of the task that runs a part of a job; parts are counted from 0. */
export const partTaskId = (job: Job, index: number): TaskId =>
  `${job.id}-${String(index).padStart(digits, '0')}`;

/** The id of the task that joins an output of a job. */
export const mergeTaskId = (job: Job, output: string): TaskId => `${job.id}-merge-${output}`;

/** The tasks of a job among those of a store, in the order of the parts, and the merges. */
export function tasksOf(
  job: Job,
  records: readonly TaskRecord[],
): { parts: TaskRecord[]; merges: TaskRecord[] } {
  const mine = records.filter(({ spec }) => spec.id.startsWith(`${job.id}-`));
  const isMerge = ({ spec }: TaskRecord) => spec.id.startsWith(`${job.id}-merge-`);
  return { parts: mine.filter((task) => !isMerge(task)), merges: mine.filter(isMerge) };
}
