import type { Resources } from './resources.ts';

/** Names a task; unique in a store. */
export type TaskId = string;

/**
 * Names one attempt at a task, and is the task id that Mesos sees: minted anew for every attempt, because
 * Mesos refuses an id that is in use. 1 to 255 bytes without `/`, `\` and control characters.
 */
export type AttemptId = string;

/** One process to be started on one agent, as whoever submits it describes it. Never changes. */
export interface TaskSpec {
  readonly id: TaskId;
  /** For people: what the progress display and error messages call it. */
  readonly name: string;
  /** Run by `/bin/sh -c` in the sandbox of the attempt. */
  readonly command: string;
  /** Set for the command, besides what the driver and {@link attemptEnvironment} set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: Resources;
  /** How often the task is tried again after its command failed; attempts that the cluster lost do not count. */
  readonly retries: number;
  /** Seconds after which a running attempt is killed and counts as failed; absent: no limit. */
  readonly maximumRunSeconds?: number;
}

/**
 * The states of an attempt, by Mesos's own names (TaskState in mesos.proto; TASK_LOST is for frameworks
 * without PARTITION_AWARE only, yet real masters send it to others too).
 */
export const attemptStates = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
] as const;

/** One of {@link attemptStates}. */
export type AttemptState = (typeof attemptStates)[number];

/**
 * The states of a task: `waiting` for an offer (also between two attempts), `active` with an attempt that was
 * sent to an agent, and two that are final.
 */
export const taskStates = ['waiting', 'active', 'finished', 'failed'] as const;

/** One of {@link taskStates}. */
export type TaskState = (typeof taskStates)[number];

/** One try at a task. Times are milliseconds since 1970. */
export interface Attempt {
  readonly id: AttemptId;
  readonly taskId: TaskId;
  /** 1 for the first attempt at the task. */
  readonly number: number;
  readonly state: AttemptState;
  readonly agentId: string;
  readonly hostname: string;
  readonly launchedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Where stdout, stderr and the files of the attempt are, as a person would look for them. */
  readonly sandbox?: string;
  /** Of a command that ended by itself. */
  readonly exitCode?: number;
  /** What the driver, the agent or the master said of the last state. */
  readonly message?: string;
  /** Mesos's `TaskStatus.Reason`, such as `REASON_CONTAINER_LIMITATION_MEMORY`. */
  readonly reason?: string;
}

/** A task and what became of it so far. */
export interface TaskRecord {
  readonly spec: TaskSpec;
  readonly state: TaskState;
  /** In the order in which they were launched. */
  readonly attempts: readonly Attempt[];
}

/** Whether an attempt in this state can never run again. LOST, UNREACHABLE and their like can come back. */
export const isTerminal = (state: AttemptState): boolean =>
  state === 'TASK_FINISHED' ||
  state === 'TASK_FAILED' ||
  state === 'TASK_KILLED' ||
  state === 'TASK_ERROR' ||
  state === 'TASK_DROPPED' ||
  state === 'TASK_GONE';

/** Whether nothing more will happen to a task in this state. */
export const isFinal = (state: TaskState): boolean => state === 'finished' || state === 'failed';

/** The environment variables by which a command can tell which attempt it is. */
export const attemptEnvironment = (
  attempt: Pick<Attempt, 'id' | 'number' | 'taskId'>,
): Record<string, string> => ({
  GALAXY_MESOS_TASK_ID: attempt.taskId,
  GALAXY_MESOS_ATTEMPT_ID: attempt.id,
  GALAXY_MESOS_ATTEMPT_NUMBER: String(attempt.number),
});
