import type { AttemptState, InverseOffer, OfferWish, Unavailability } from '@galaxy-mesos/scheduler';
import type { AgentEntry } from './master/agent-entry.ts';
import type { Bag } from './resources/bag.ts';

export type { InverseOffer, OfferWish, Unavailability };

/** What a framework subscribes as. */
export interface FrameworkInfo {
  /** Absent for a new one. */
  readonly id?: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Mesos's default is 0: all tasks are killed as soon as the connection is gone. */
  readonly failoverTimeoutSeconds: number;
  readonly checkpoint: boolean;
  readonly isPartitionAware: boolean;
  /** Whether TASK_KILLING is sent. */
  readonly hasKillingState: boolean;
}

/** One task to be launched. */
export interface TaskLaunch {
  readonly taskId: string;
  readonly bag: Bag;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly maximumRunSeconds?: number;
  /** Of the task's own policy; a KILL may bring another. */
  readonly killGraceSeconds: number;
  /** Tasks of one ACCEPT that bear the same id are launched together or not at all. */
  readonly groupId?: string;
}

/** `TaskStatus.source`; there is no scheduler that would be one. */
export type StatusSource = 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';

/** What is said of a task's state. */
export interface TaskStatus {
  readonly taskId: string;
  readonly state: AttemptState;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly source: StatusSource;
  readonly agentId?: string;
  readonly reason?: string;
  readonly message?: string;
  /** Of a command that ended by itself; real statuses have it in the message only. */
  readonly exitCode?: number;
  /** Stands for the 16 bytes; present if the update is sent until it is acknowledged. */
  readonly uuid?: number;
}

/** Resources that are held out to a framework. */
export interface SimulatedOffer {
  readonly id: string;
  readonly frameworkId: string;
  readonly role: string;
  readonly entry: AgentEntry;
  readonly bag: Bag;
  /** When it was made, in virtual milliseconds. */
  readonly since: number;
}

/** What a framework says; by the names of Mesos's scheduler calls. */
export type FrameworkCall =
  | {
      readonly type: 'ACCEPT';
      readonly offerIds: readonly string[];
      readonly tasks: readonly TaskLaunch[];
      readonly refuseSeconds: number;
    }
  | { readonly type: 'DECLINE'; readonly offerIds: readonly string[]; readonly refuseSeconds: number }
  | {
      readonly type: 'ACCEPT_INVERSE_OFFERS' | 'DECLINE_INVERSE_OFFERS';
      readonly offerIds: readonly string[];
    }
  | {
      readonly type: 'KILL';
      readonly taskId: string;
      readonly agentId?: string;
      readonly graceSeconds?: number;
    }
  | { readonly type: 'ACKNOWLEDGE'; readonly taskId: string; readonly agentId: string; readonly uuid: number }
  | {
      readonly type: 'RECONCILE';
      readonly tasks: readonly { readonly taskId: string; readonly agentId?: string }[];
    }
  /** No roles: all. */
  | { readonly type: 'SUPPRESS'; readonly roles?: readonly string[] }
  | { readonly type: 'REVIVE'; readonly roles?: readonly string[] }
  /** Which offers are wanted: `offer_constraints` and `min_allocatable_resources` of UPDATE_FRAMEWORK. */
  | { readonly type: 'UPDATE_FRAMEWORK'; readonly wish: OfferWish }
  | { readonly type: 'TEARDOWN' };

/** What a framework is told. */
export type FrameworkEvent =
  | { readonly type: 'SUBSCRIBED'; readonly frameworkId: string }
  | { readonly type: 'OFFERS'; readonly offers: readonly SimulatedOffer[] }
  | { readonly type: 'RESCIND'; readonly offerId: string }
  | { readonly type: 'INVERSE_OFFERS'; readonly offers: readonly InverseOffer[] }
  | { readonly type: 'RESCIND_INVERSE_OFFER'; readonly offerId: string }
  | { readonly type: 'UPDATE'; readonly status: TaskStatus }
  /** An agent is lost. */
  | { readonly type: 'FAILURE'; readonly agentId: string }
  /** The subscription is over. */
  | { readonly type: 'ERROR'; readonly message: string };

/** The other end of a subscription, as the master has it. */
export interface Subscriber {
  /** An event; the last one is ERROR, or there is none, if the connection ends otherwise. */
  hear(event: FrameworkEvent): void;
  /** The connection is closed by the master, or has died with it. */
  ended(): void;
}

/** What the master said to a call: the status of the answer, and its words where it was refused. */
export interface CallAnswer {
  readonly status: number;
  readonly message?: string;
}
