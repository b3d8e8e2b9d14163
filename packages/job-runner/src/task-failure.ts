import type { Attempt, ClusterDriver, TaskSpec } from '@galaxy-mesos/scheduler';
import { JobError, messageOf } from './job-error.ts';
import type { TaskFailure } from './job-event.ts';
import { unseenMarker, unseenStatus } from './task-script.ts';

// Enough for the last words of a tool, little enough for a terminal.
const stderrBytes = 4096;

/** A task that failed for good, with its last attempt. */
export interface FailedTask {
  readonly spec: TaskSpec;
  readonly attempt?: Attempt | undefined;
  /** Why, where the attempt does not tell. */
  readonly message?: string | undefined;
}

/**
 * Gathers what a person needs to understand why a task failed.
 * @throws JobError `NO_SHARED_PATH`, with the advice, if that was because its agent does not see `directory`, the job's
 */
export async function describeFailure(
  driver: Pick<ClusterDriver, 'tailSandboxFile'>,
  directory: string,
  { spec, attempt, message }: FailedTask,
  unseenAdvice: string,
): Promise<TaskFailure> {
  if (!attempt)
    return { task: spec.name, attempts: 0, ...(message !== undefined && { message }), stderr: '' };
  const reference = { attemptId: attempt.id, agentId: attempt.agentId };
  const stderr = await driver.tailSandboxFile(reference, 'stderr', stderrBytes).catch((error: unknown) => {
    return `(its stderr could not be read: ${messageOf(error)})`;
  });
  if (attempt.exitCode === unseenStatus && stderr.includes(unseenMarker)) {
    const message = `the agent on ${attempt.hostname} does not see it; ${unseenAdvice}`;
    throw new JobError('NO_SHARED_PATH', directory, message);
  }
  const words = message ?? attempt.message;
  return {
    task: spec.name,
    attempts: attempt.number,
    state: attempt.state,
    hostname: attempt.hostname,
    stderr,
    ...(attempt.exitCode !== undefined && { exitCode: attempt.exitCode }),
    ...(attempt.reason !== undefined && { reason: attempt.reason }),
    ...(words !== undefined && { message: words }),
    ...(attempt.sandbox !== undefined && { sandbox: attempt.sandbox }),
  };
}
