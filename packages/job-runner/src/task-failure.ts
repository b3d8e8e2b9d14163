import type { ClusterDriver, SchedulerNotice } from '@galaxy-mesos/scheduler';
import type { TaskFailure } from './job-event.ts';

// Enough for the last words of a tool, little enough for a terminal.
const stderrBytes = 4096;

/** Gathers what a person needs to understand why a task failed. */
export async function describeFailure(
  driver: ClusterDriver,
  { spec, attempt, message }: Extract<SchedulerNotice, { type: 'task' }>,
): Promise<TaskFailure> {
  if (!attempt)
    return { task: spec.name, attempts: 0, ...(message !== undefined && { message }), stderr: '' };
  const reference = { attemptId: attempt.id, agentId: attempt.agentId };
  const stderr = await driver.tailSandboxFile(reference, 'stderr', stderrBytes).catch((error: unknown) => {
    return `(its stderr could not be read: ${error instanceof Error ? error.message : String(error)})`;
  });
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
