import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterDriver, FilePart } from '@galaxy-mesos/scheduler';
import { messageOf } from '../job-error.ts';
import type { DirectoryJobs } from './directory-recipe.ts';
import type { JobEntry } from './job-entry.ts';

/** Which log is asked for. */
export interface LogQuery {
  /** Default: the first task. */
  readonly taskId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly maximumBytes: number;
}

/** Which part of a log is asked for. */
export interface LogPartQuery {
  readonly taskId: string;
  readonly attemptId: string;
  readonly stream: 'stdout' | 'stderr';
  readonly from: number;
  readonly maximumBytes: number;
}

/**
 * What an attempt at a task has written from a place on, as much as is told at once; nothing if that is all.
 * @throws JobServiceError `UNAVAILABLE` if it cannot be read now, `UNKNOWN_JOB` if there is no such attempt
 */
export async function partOfLog(
  { book, job }: JobEntry,
  { taskId, attemptId, stream, from, maximumBytes }: LogPartQuery,
  driver: Pick<ClusterDriver, 'readSandboxFile'>,
): Promise<FilePart> {
  const attempt = book.get(taskId)?.attempts.find(({ id }) => id === attemptId);
  if (!attempt)
    throw new JobServiceError('UNKNOWN_JOB', job.id, `the job ${job.id} has no attempt ${attemptId}`);
  const reference = { attemptId, agentId: attempt.agentId };
  try {
    return await driver.readSandboxFile(reference, stream, from, maximumBytes);
  } catch (error) {
    throw unreadable(job.id, stream, attempt.hostname, error);
  }
}

/**
 * The last bytes of what the latest attempt at a task has written; `''` if nothing. Of a job with a directory that has
 * ended they may be there when its sandbox is gone.
 * @throws JobServiceError `UNAVAILABLE` if it cannot be read now
 */
export async function tailOfJob(
  entry: JobEntry,
  { taskId, stream, maximumBytes }: LogQuery,
  driver: Pick<ClusterDriver, 'tailSandboxFile'>,
  directories: Pick<DirectoryJobs, 'tail'>,
): Promise<string> {
  const { book, job } = entry;
  const [first] = book.ids;
  const task = book.get(taskId ?? first ?? '');
  if (!task && taskId !== undefined)
    throw new JobServiceError('UNKNOWN_JOB', job.id, `the job ${job.id} has no task ${taskId}`);
  const attempt = task?.attempts.at(-1);
  if (!attempt) return '';
  const kept = await (entry.isEnded && job.directory !== undefined
    ? directories.tail(job, stream, maximumBytes)
    : undefined);
  if (kept !== undefined) return kept;
  try {
    return await driver.tailSandboxFile(
      { attemptId: attempt.id, agentId: attempt.agentId },
      stream,
      maximumBytes,
    );
  } catch (error) {
    throw unreadable(job.id, stream, attempt.hostname, error);
  }
}

function unreadable(jobId: string, stream: string, hostname: string, error: unknown): JobServiceError {
  const message = `its ${stream} on ${hostname} cannot be read now: ${messageOf(error)}`;
  return new JobServiceError('UNAVAILABLE', jobId, message, { cause: error });
}
