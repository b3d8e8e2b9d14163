import type { TaskResources } from './amounts.ts';
import type { Constraint, Preference, Tag } from './constraint.ts';

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
  readonly resources: TaskResources;
  /** How often the task is tried again after its command failed; attempts that the cluster lost do not count. */
  readonly retries: number;
  /** Seconds after which a running attempt is killed and counts as failed; absent: no limit. */
  readonly maximumRunSeconds?: number;
  readonly retryRules?: RetryRules;
  /**
   * How long an attempt will run, as far as can be said. It is not put on an agent that will be gone before, and
   * what waits in front of it knows when its place will be free. Absent: `maximumRunSeconds`, if there is one.
   */
  readonly expectedRunSeconds?: number;
  /** The role whose offers it takes. Default: the scheduler's, or any where that has none. */
  readonly role?: string;
  /** Whose share of the cluster it counts for. Default `''`. */
  readonly user?: string;
  /** The queue of the user's share. Default `''`. */
  readonly queue?: string;
  /** Of two tasks of one user in one queue the one with the higher priority goes first. Default 0. */
  readonly priority?: number;
  readonly tags?: readonly Tag[];
  readonly constraints?: readonly Constraint[];
  readonly preferences?: readonly Preference[];
  /** The placement policy, where it is not to be the scheduler's. */
  readonly placement?: string;
  /** All tasks of a gang start at about the same time, on any agents, or none of them does. */
  readonly gang?: TaskUnion;
  /** All tasks of a group run on one agent, and start, fail and end together (Mesos's LAUNCH_GROUP). */
  readonly group?: TaskUnion;
  /** Absent: the command runs in the agent's own file system. */
  readonly container?: TaskContainer;
  /** The user of the operating system as whom it runs. Absent: whom the driver takes. */
  readonly runAs?: string;
}

/** The image in which a task's command runs, by a containerizer of Mesos: `mesos` its own, or `docker`. */
export interface TaskContainer {
  /** As a registry of Docker has it. */
  readonly image: string;
  readonly type: 'mesos' | 'docker';
  /** Paths of the agent that are seen inside under the same name. */
  readonly volumes?: readonly { readonly path: string; readonly readOnly?: boolean }[];
}

/** The tasks that bear the same `id` belong together; none is placed before all `size` are there. */
export interface TaskUnion {
  readonly id: string;
  readonly size: number;
}

/** What is done after an attempt has failed, where `retries` alone is not enough. */
export interface RetryRules {
  /**
   * The exit codes after which it is tried again; after others, or a limit or a signal that ended the command, the task
   * has failed at once. Default: any.
   */
  readonly exitCodes?: readonly number[];
  /**
   * After an attempt that ran out of memory the next asks for `factor` times as much, up to `maximum` MiB. Such a
   * failure does not count against `retries` while more memory is asked for.
   */
  readonly outOfMemory?: { readonly factor: number; readonly maximum: number };
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
 * sent to an agent, and three that are final.
 */
export const taskStates = ['waiting', 'active', 'finished', 'failed', 'cancelled'] as const;

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
export const isFinal = (state: TaskState): boolean => state !== 'waiting' && state !== 'active';

/**
 * The environment variables by which a command can tell which attempt it is, and how many cores and MiB it has: after one
 * that ran out of memory that may be more than the task asks for.
 */
export const attemptEnvironment = (
  attempt: Pick<Attempt, 'id' | 'number' | 'taskId'>,
  { cpus, mem }: Pick<TaskResources, 'cpus' | 'mem'>,
): Record<string, string> => ({
  GALAXY_MESOS_TASK_ID: attempt.taskId,
  GALAXY_MESOS_ATTEMPT_ID: attempt.id,
  GALAXY_MESOS_ATTEMPT_NUMBER: String(attempt.number),
  GALAXY_MESOS_CPUS: String(cpus),
  GALAXY_MESOS_MEM: String(mem),
});
