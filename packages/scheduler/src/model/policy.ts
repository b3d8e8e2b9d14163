import type { Resources } from './resources.ts';

/** What a user or a queue may have. */
export interface ShareRule {
  /** Of two that want more than there is, one with twice the weight gets twice as much. Above 0, default 1. */
  readonly weight?: number;
  /**
   * More than this is never in use at a time; amounts that are not named are not limited. A gang or group counts with all
   * its tasks, for the queue and user of the first of them.
   */
  readonly quota?: Partial<Resources> & { readonly gpus?: number; readonly tasks?: number };
}

/** How a task that is too large for what is free gets its turn. */
export interface HeadOfLineRule {
  /** Seconds that the first in line waits before an agent is kept for it. */
  readonly patience: number;
}

/** How much may be held back for a gang that has not all it needs yet, and for how long. */
export interface HoardingRule {
  /** Seconds after which what is held is given back, and the next gang has its turn. */
  readonly maximumSeconds: number;
  /** Of all cores of the known agents, from 0 to 1. */
  readonly maximumShare: number;
}

/** When running attempts are ended to make room for others. */
export interface PreemptionRule {
  /** Seconds that a task waits before others are ended for it. */
  readonly patience: number;
  /** Seconds between SIGTERM and SIGKILL for victims. */
  readonly grace: number;
  /** At most so many attempts are ended in a minute. */
  readonly maximumPerMinute: number;
  /** Only attempts whose task's priority is lower by at least this are ended. */
  readonly minimumPriorityGap: number;
}

/** Who gets what, and where it is put. Everything has a default. */
export interface SchedulingPolicy {
  /** The placement policy of tasks that name none: `spread` (default), `best-fit`, `first-fit`, `locality`, or one's own. */
  readonly placement: string;
  /** By name. Those that are not named have the weight 1 and no quota. */
  readonly queues: Readonly<Record<string, ShareRule>>;
  /** By name, in whatever queue. */
  readonly users: Readonly<Record<string, ShareRule>>;
  /** Seconds of waiting that count as much as one point of priority; `Infinity`: waiting counts for nothing. */
  readonly ageing: number;
  readonly headOfLine: HeadOfLineRule;
  readonly hoarding: HoardingRule;
  /**
   * Seconds before an agent's planned end in which nothing is put there of which nobody knows how long it runs. What is
   * ended by that is tried again elsewhere, but what it has done is lost.
   */
  readonly lastStretch: number;
  /** Absent: nothing is ever ended to make room. */
  readonly preemption?: PreemptionRule;
}

/** What is used where nothing else is given. */
export const defaultPolicy: SchedulingPolicy = {
  placement: 'spread',
  queues: {},
  users: {},
  ageing: 300,
  headOfLine: { patience: 60 },
  hoarding: { maximumSeconds: 60, maximumShare: 0.5 },
  // Whoever starts agents that have an end mostly keeps them from holding out anything for a part of their lives before
  // it; how long they live, and which part that should be, is not known here. What holds where nobody does so lets the
  // shortest tasks end, and leaves agents of use that live for a minute, as on the debug queue of a cluster.
  lastStretch: 10,
};
