import type { TaskId } from '@galaxy-mesos/scheduler';
import { partName } from '../directory-jobs/index.ts';
import { splitGeneration } from '../task-ids.ts';

/** The name of the part that a task does, by its id, which ends with the number; of a whole job that of the first. */
export function partOfTask(taskId: TaskId): string {
  const id = splitGeneration(taskId).id || taskId;
  return partName(Number(/\d+$/.exec(id)?.[0] ?? 0));
}
