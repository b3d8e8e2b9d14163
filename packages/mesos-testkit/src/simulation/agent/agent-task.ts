import { type AttemptState, isTerminal } from '@galaxy-mesos/scheduler';
import type { FrameworkInfo, TaskLaunch, TaskStatus } from '../vocabulary.ts';
import type { TaskBehaviour } from './task-behaviour.ts';

/** A framework that has an id. */
export type KnownFrameworkInfo = FrameworkInfo & { readonly id: string };

/** A task as its agent knows it: until its end is acknowledged. */
export class AgentTask {
  readonly framework: KnownFrameworkInfo;
  readonly launch: TaskLaunch;
  readonly behaviour: TaskBehaviour;
  state: AttemptState = 'TASK_STAGING';
  /** What is still to be told, the first of them now. */
  readonly unacknowledged: TaskStatus[] = [];
  /** Milliseconds until the first is sent again. */
  retryAfter = 0;
  /** Counts how often sending began anew, so that older timers find that they are out of date. */
  sendings = 0;
  isKilled = false;
  /** Why it is ended, where that is not the framework's wish. */
  reason: string | undefined;

  constructor(framework: KnownFrameworkInfo, launch: TaskLaunch, behaviour: TaskBehaviour) {
    this.framework = framework;
    this.launch = launch;
    this.behaviour = behaviour;
  }

  get isAlive(): boolean {
    // Frameworks that are not partition-aware are told LOST in place of DROPPED.
    return !isTerminal(this.state) && this.state !== 'TASK_LOST';
  }
}

/** Tells tasks of one agent apart. */
export const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId} ${taskId}`;
