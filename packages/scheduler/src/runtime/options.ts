/** How patient the scheduler is. All in seconds but the counts. */
export interface SchedulerOptions {
  /** Between SIGTERM and SIGKILL. */
  readonly killGrace: number;
  /** A kill whose end is not heard of is sent again after this. */
  readonly killRepeat: number;
  /** A kill is sent so often with {@link killGrace}, and then without any. */
  readonly killsWithGrace: number;
  /** An attempt that does not end for so long after its first kill is given up, and is killed on. */
  readonly killTimeout: number;
  /** Before a task whose command failed is tried again; doubled for each further failure, up to 60 s. */
  readonly retryDelay: number;
  /** How many attempts at one task the cluster may lose before the task counts as failed. */
  readonly lossesTolerated: number;
  /** Before an attempt on an agent that cannot be reached is given up and replaced. */
  readonly unreachablePatience: number;
  /** Without any news of a launched attempt for so long, the cluster is asked for its state. */
  readonly launchSilence: number;
  /** An attempt that has not begun to run after so long is given up and replaced. */
  readonly launchTimeout: number;
  /** An attempt that runs for so much longer than its task may is ended, if nobody else has done it. */
  readonly overrunPatience: number;
  /** Between two rounds of asking the cluster for the state of every attempt that is out. */
  readonly reconcileInterval: number;
  /** Between two questions for all attempts that the cluster knows, also those that this scheduler does not. */
  readonly implicitReconcileInterval: number;
  /** What becomes of attempts that the cluster runs for this framework, and that are not in the store. */
  readonly unknownAttempts: 'kill' | 'leave';
  /** Between two requests for offers that were refused before, when something new waits; three may come at once. */
  readonly reviveInterval: number;
  /** When nothing has waited for so long, no offers are wanted. */
  readonly idlePatience: number;
  /** Before a call that did not get through is made again, where nothing else would repeat it. */
  readonly callRepeat: number;
  /** Waiting tasks that fit no offer for so long, while nothing runs, are reported. */
  readonly unplacedPatience: number;
  /** So many different tasks may fail on an agent in a row before it is avoided; never more than half of all are. */
  readonly agentFailuresTolerated: number;
  /** How long an agent is avoided; doubled each time until a task has ended well there. */
  readonly agentAvoidance: number;
  /** No agent is avoided for longer at a time. */
  readonly longestAgentAvoidance: number;
  /** A store that cannot write for now is given so long before the scheduler stops. */
  readonly storePatience: number;
}

/** What is used for options that are not given. */
export const defaultOptions: SchedulerOptions = {
  killGrace: 3,
  killRepeat: 15,
  killsWithGrace: 3,
  killTimeout: 600,
  retryDelay: 0.5,
  lossesTolerated: 5,
  unreachablePatience: 120,
  launchSilence: 60,
  launchTimeout: 900,
  overrunPatience: 30,
  reconcileInterval: 900,
  implicitReconcileInterval: 3600,
  unknownAttempts: 'kill',
  reviveInterval: 5,
  idlePatience: 0.5,
  callRepeat: 5,
  unplacedPatience: 10,
  agentFailuresTolerated: 5,
  agentAvoidance: 60,
  longestAgentAvoidance: 3600,
  storePatience: 0,
};
