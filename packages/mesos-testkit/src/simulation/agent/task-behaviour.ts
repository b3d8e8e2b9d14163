import type { Random } from '../random.ts';
import type { TaskLaunch } from '../vocabulary.ts';

/** What a task does once it is on an agent. */
export interface TaskBehaviour {
  /** From the launch to TASK_STARTING and TASK_RUNNING. */
  readonly startSeconds: number;
  /** `Infinity`: until it is killed. */
  readonly runSeconds: number;
  /** 0: TASK_FINISHED, else TASK_FAILED. */
  readonly exitCode: number;
  /** It is ended for using more memory than it has. */
  readonly runsOutOfMemory?: boolean;
  /** How long it takes to end after SIGTERM; default 0.1. */
  readonly stopSeconds?: number;
}

/** Says what a task will do; it has no other source of chance than `random`. */
export type BehaviourModel = (task: TaskLaunch, random: Random) => TaskBehaviour;

/** What a command executor takes to start, as recorded; then a minute of work. */
export const aMinute: BehaviourModel = () => ({ startSeconds: 0.1, runSeconds: 60, exitCode: 0 });
