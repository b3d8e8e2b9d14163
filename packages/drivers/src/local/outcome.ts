import type { AttemptUpdate } from '@galaxy-mesos/scheduler';
import { type CommandEnd, describeEnd, endFromShell, signalNumber } from './command-end.ts';
import type { RecordedLife } from './record.ts';
import type { Verdict } from './verdict.ts';

/** The part of an update that tells how an attempt ended. */
export type Outcome = Pick<AttemptUpdate, 'state' | 'message' | 'reason' | 'exitCode'>;

/** How an attempt ended whose command ran, from the end of the command and what the driver did to it. */
export const outcomeOf = (end: CommandEnd, verdict: Verdict | undefined): Outcome => {
  const message = describeEnd(end);
  if (verdict !== undefined) return { message, ...verdict };
  if (end.kind === 'signalled') return { state: 'TASK_FAILED', message };
  return { state: end.status === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message, exitCode: end.status };
};

/** The command was not started, for the reason given. */
export const notStarted = (message: string): Outcome => ({
  state: 'TASK_FAILED',
  reason: 'REASON_CONTAINER_LAUNCH_FAILED',
  message,
});

/** The process that starts commands has ended before it started this one, which therefore never will run. */
export const lostWithStarter: Outcome = {
  state: 'TASK_DROPPED',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'The process that starts commands has ended before it started this one',
};

/** The process that watched over the command is gone and has left no exit status, while a driver was there. */
const watcherKilled: Outcome = {
  state: 'TASK_FAILED',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'The command and the shell that watched over it were killed',
};

const unreadableEnd = (message: string): Outcome => ({
  state: 'TASK_FAILED',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: `The attempt has ended, and how cannot be read: ${message}`,
});

/** The end of a process group that nothing outlived to tell of it. */
export const wasKilled: CommandEnd = { kind: 'signalled', signal: signalNumber('SIGKILL') };

/** How the shell that watched over a command ended, where it was our child; as Node tells it. */
export interface ShellEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * How an attempt ended, from what is recorded in its sandbox and from the end of its shell. The record comes
 * first, because a shell that has written it kills itself.
 */
export const outcomeOfShell = (
  life: RecordedLife,
  shell: ShellEnd | undefined,
  verdict: Verdict | undefined,
): Outcome => {
  if (life.kind === 'ended') return outcomeOf(life.end, verdict);
  if (life.kind === 'unreadable') return { ...unreadableEnd(life.message), ...verdict };
  if (shell === undefined) return verdict === undefined ? watcherKilled : outcomeOf(wasKilled, verdict);
  if (shell.signal !== null) {
    return outcomeOf({ kind: 'signalled', signal: signalNumber(shell.signal) }, verdict);
  }
  if (verdict === undefined && (life.kind === 'starting' || life.kind === 'abandoned')) {
    return notStarted(
      'The command was not started: its record could not be written into the sandbox; is the disk full?',
    );
  }
  return outcomeOf(endFromShell(shell.status ?? 0, false), verdict);
};

/** Nobody saw how the attempt ended: no fault of its own is known, and so it counts as lost. */
export const unseenEnd: Outcome = {
  state: 'TASK_GONE',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message:
    'The attempt has ended without an exit status while no driver was there, as when a machine is restarted',
};

/** As Mesos answers for a task that a registered agent does not have. */
export const unknownToAgent: Outcome = {
  state: 'TASK_GONE',
  reason: 'REASON_RECONCILIATION',
  message: 'Reconciliation: Task is unknown to the agent',
};

/** As Mesos answers for a task on an agent that it does not know. */
export const unknownAgent: Outcome = {
  state: 'TASK_UNKNOWN',
  reason: 'REASON_RECONCILIATION',
  message: 'Reconciliation: Task is unknown',
};

/** As Mesos answers for a task that it knows and that has not ended. */
export const latestState = (state: 'TASK_RUNNING' | 'TASK_KILLING'): Outcome => ({
  state,
  reason: 'REASON_RECONCILIATION',
  message: 'Reconciliation: Latest task state',
});

/** The attempt ran longer than it may. */
export const ranTooLong = (maximumRunSeconds: number): Verdict => ({
  state: 'TASK_FAILED',
  reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
  message: `The attempt ran longer than the ${maximumRunSeconds} s allowed`,
});

/** The attempt used more memory than it may. */
export const usedTooMuchMemory = (usedMiB: number, allowedMiB: number): Verdict => ({
  state: 'TASK_FAILED',
  reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
  message: `The attempt used ${usedMiB} MiB of memory, and ${allowedMiB} MiB are allowed`,
});

/** Another attempt of its group was killed or has failed, or could not be started. */
export const endedWithGroup: Verdict = {
  state: 'TASK_KILLED',
  message: 'Another attempt of its group did not finish, and a group ends together',
};
