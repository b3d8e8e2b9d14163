import type { Discriminated } from '../codec/discriminated.ts';
import type { Event } from '../gen/executor.ts';
import type { TaskStatus } from '../gen/mesos.ts';
import type { MesosError } from '../mesos-error.ts';

/** The states that an executor may say a task is in; the others are said by masters and agents. */
export const executorStates = [
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
] as const satisfies readonly TaskStatus['state'][];

/** A state that an executor may say a task is in. */
export type ExecutorTaskState = (typeof executorStates)[number];

/** What is new about a task. The session knows who says so; `timestamp` (seconds since 1970) is now unless given. */
export interface ExecutorTaskStatus
  extends Omit<TaskStatus, 'state' | 'source' | 'uuid' | 'executor_id' | 'agent_id' | 'unreachable_time'> {
  readonly state: ExecutorTaskState;
}

/** An event of the agent, as it came. */
export type ExecutorEvent = Discriminated<Event>;

/** What a session tells its listener. */
export type ExecutorSessionEvent =
  /**
   * From the agent. SUBSCRIBED comes again after each loss of the connection: tasks go on as if nothing had happened.
   * After SHUTDOWN it is for the program to kill its tasks, say so, wait until all is `acknowledged()`, and end;
   * what is left is killed by the agent after the shutdown grace period.
   */
  | Exclude<ExecutorEvent, { readonly type: 'ERROR' }>
  /** The connection is lost, for this reason; the session connects again by itself. */
  | { readonly type: 'DISCONNECTED'; readonly reason: MesosError }
  /** The agent did not take the subscription, for this reason; the session tries again after as many milliseconds. */
  | { readonly type: 'RETRYING'; readonly reason: MesosError; readonly milliseconds: number }
  /** The session has given up, and nothing comes after this: kill the tasks and end. */
  | { readonly type: 'FAILED'; readonly error: MesosError };

/**
 * Takes events one at a time, in the order in which the agent sent them. Where it returns a promise, the next event
 * waits until that is settled. What it throws or rejects with is an uncaught exception of the process.
 */
export type ExecutorSessionListener = (event: ExecutorSessionEvent) => void | Promise<void>;
