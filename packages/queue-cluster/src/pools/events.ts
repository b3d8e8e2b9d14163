import type { QueueProblem } from '../dialects/dialect.ts';
import type { PilotShape } from './setting.ts';

/**
 * How a pilot came to its end:
 * `refused` the queue did not take it;
 * `never-submitted` nobody knows whether it was submitted, and the queue does not know it;
 * `never-started` its batch job ended before it ran;
 * `never-registered` it ran, and its agent never came to the master;
 * `died-early` its agent died within a minute;
 * `died-late` its agent died after that, unasked;
 * `planned-end` walltime, idle, without a master, or stopped by the launcher;
 * `preempted` the queue took its nodes for somebody else;
 * `cancelled-by-hand` somebody took its batch job out of the queue;
 * `node-failed` its node broke down;
 * `lost` it is gone, and nobody says why.
 */
export const pilotEndClasses = [
  'refused',
  'never-submitted',
  'never-started',
  'never-registered',
  'died-early',
  'died-late',
  'planned-end',
  'preempted',
  'cancelled-by-hand',
  'node-failed',
  'lost',
] as const;
export type PilotEndClass = (typeof pilotEndClasses)[number];

/**
 * Why a pilot is on its way out:
 * `walltime` its allocation ends soon;
 * `surplus` nobody needs it;
 * `deactivated` somebody has had its agent take no more tasks, and it has had none since for long enough;
 * `draining` the cluster is, or its pool is no longer in the definition;
 * `down` the cluster goes down;
 * `never-registered` it has run for too long without an agent;
 * `agent-lost` its agent has been away for too long;
 * `requeued` the queue has taken it back, and would start it a second time;
 * `stuck` the queue will never start it, as it says;
 * `changed` it has not started, and its pool has other pilots from now on.
 */
export const leavingReasons = [
  'walltime',
  'surplus',
  'deactivated',
  'draining',
  'down',
  'never-registered',
  'agent-lost',
  'requeued',
  'stuck',
  'changed',
] as const;
export type LeavingReason = (typeof leavingReasons)[number];

/** Whether a pool submits. */
export interface PoolHealth {
  /** Submits that were refused, one after the other. */
  readonly refusals: number;
  /** Tries that failed, one after the other: pilots that were submitted before a failure was known tell nothing new. */
  readonly failures: number;
  readonly lastFailureAt?: number;
  /** No submit before this, in milliseconds since 1970. */
  readonly retryAt?: number;
  /** What went wrong last, in the queue's own words where it said anything. */
  readonly trouble?: Trouble;
  /** No submit at all, until people have said something new. */
  readonly paused?: Pause;
  /** Of what pilots all this is known: it says nothing of others. */
  readonly fingerprint?: string;
}

/** What went wrong, and what to do. */
export interface Trouble {
  readonly text: string;
  readonly advice?: string;
}

/** What went wrong, of anything that tells it. */
export function troubleOf({ text, advice }: Trouble): Trouble {
  return { text, ...(advice === undefined ? {} : { advice }) };
}

/** Why a pool does not submit before somebody has looked. */
export interface Pause extends Trouble {
  readonly at: number;
  /** `Wanted.at` when it was paused. */
  readonly wantedAt: number;
}

/** What is held against a node. */
export interface NodeRecord {
  readonly system: string;
  readonly node: string;
  /** When pilots failed there, in milliseconds since 1970, of the last hour. */
  readonly failures: readonly number[];
  /** Until when it is left out. */
  readonly badUntil?: number;
  /** `Wanted.at` at the last of them: what people say after that may be because they have mended it. */
  readonly wantedAt: number;
}

/** A pilot will be submitted: this is on the disk before the queue hears of it. */
export interface IntendedEvent {
  readonly kind: 'intended';
  readonly at: number;
  readonly pilot: string;
  readonly pool: string;
  readonly system: string;
  readonly shape: PilotShape;
}

/** The queue has a pilot's batch job, by its answer or because it was found by its name. */
export interface SubmittedEvent {
  readonly kind: 'submitted';
  readonly at: number;
  readonly pilot: string;
  readonly id: string;
}

/** The queue has refused a pilot, which is over with that. */
export interface RefusedEvent {
  readonly kind: 'refused';
  readonly at: number;
  readonly pilot: string;
  readonly problem: QueueProblem;
}

/** A pilot runs, or something new is known of where and how long. */
export interface StartedEvent {
  readonly kind: 'started';
  readonly at: number;
  readonly pilot: string;
  readonly startedAt: number;
  /** By the queue's name. */
  readonly node?: string;
  /** By its own name. */
  readonly host?: string;
  readonly endsAt: number;
}

/** A pilot's agent is at the master. */
export interface RegisteredEvent {
  readonly kind: 'registered';
  readonly at: number;
  readonly pilot: string;
  readonly agentId: string;
}

/** A pilot is on its way out. */
export interface LeavingEvent {
  readonly kind: 'leaving';
  readonly at: number;
  readonly pilot: string;
  readonly why: LeavingReason;
}

/** A pilot that was on its way out is wanted again, and nothing was done to it that cannot be taken back. */
export interface StayingEvent {
  readonly kind: 'staying';
  readonly at: number;
  readonly pilot: string;
}

/** A pilot has ended; its batch job or its agent may still be seen. */
export interface EndedEvent {
  readonly kind: 'ended';
  readonly at: number;
  readonly pilot: string;
  readonly class: PilotEndClass;
  /** In the words of whoever told. */
  readonly text: string;
  readonly advice?: string;
  /** Whether its batch job is known to have left the queue. */
  readonly isGone: boolean;
}

/** The batch job of a pilot that has ended is no longer in the queue. */
export interface GoneEvent {
  readonly kind: 'gone';
  readonly at: number;
  readonly pilot: string;
}

/** Nothing is left of a pilot. */
export interface ForgottenEvent {
  readonly kind: 'forgotten';
  readonly at: number;
  readonly pilot: string;
}

/** How a pool does, from now on. */
export interface HealthEvent {
  readonly kind: 'health';
  readonly at: number;
  readonly pool: string;
  readonly health: PoolHealth;
}

/** What is held against a node, from now on; nothing any more where it has no failures. */
export interface NodeEvent {
  readonly kind: 'node';
  readonly at: number;
  readonly record: NodeRecord;
}

/** What happened, as it stands in the journal: the fold of these is all that a new launcher knows of the old one. */
export type PoolEvent =
  | IntendedEvent
  | SubmittedEvent
  | RefusedEvent
  | StartedEvent
  | RegisteredEvent
  | LeavingEvent
  | StayingEvent
  | EndedEvent
  | GoneEvent
  | ForgottenEvent
  | HealthEvent
  | NodeEvent;
