/** How patient the scheduler is. All in seconds but the counts. */
export interface SchedulerOptions {
  /** Between SIGTERM and SIGKILL. */
  readonly killGrace: number;
  /** A kill whose end is not heard of is sent again after this. */
  readonly killRepeat: number;
  /** Before a task whose command failed is tried again; doubled for each further failure, up to 60 s. */
  readonly retryDelay: number;
  /** How many attempts at one task the cluster may lose before the task counts as failed. */
  readonly lossesTolerated: number;
  /** Before an attempt on an agent that cannot be reached is given up and replaced. */
  readonly unreachablePatience: number;
  /** Without any news of a launched attempt for so long, the cluster is asked for its state. */
  readonly launchSilence: number;
  /** Between two rounds of asking the cluster for the state of every attempt that is out. */
  readonly reconcileInterval: number;
  /** Before a call that did not get through is made again, where nothing else would repeat it. */
  readonly callRepeat: number;
  /** Offers that nothing that waits fits into are not wanted again for so long. */
  readonly refusal: number;
  /** Waiting tasks that fit no offer for so long, while nothing runs, are reported. */
  readonly unplacedPatience: number;
}

/** What is used for options that are not given. */
export const defaultOptions: SchedulerOptions = {
  killGrace: 3,
  killRepeat: 15,
  retryDelay: 0.5,
  lossesTolerated: 5,
  unreachablePatience: 120,
  launchSilence: 60,
  reconcileInterval: 900,
  callRepeat: 5,
  refusal: 5,
  unplacedPatience: 10,
};
