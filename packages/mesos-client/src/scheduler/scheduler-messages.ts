import type { Discriminated } from '../codec/discriminated.ts';
import type { Call, Event } from '../gen/scheduler.ts';
import type { MesosError } from '../mesos-error.ts';

type SentType = Exclude<NonNullable<Call['type']>, 'UNKNOWN' | 'SUBSCRIBE'>;

/**
 * A call of a scheduler. SUBSCRIBE is the session's own business, and so is `framework_id`. SUPPRESS and REVIVE
 * without a payload mean all roles.
 */
export type SchedulerCall = Discriminated<Call, SentType, 'SUPPRESS' | 'REVIVE'>;

/** An event of the master, as it came. */
export type SchedulerEvent = Discriminated<Event>;

/** What a session tells its listener. */
export type SessionEvent =
  /** From the master. SUBSCRIBED comes again after each loss of the connection: all earlier offers are void then. */
  | Exclude<SchedulerEvent, { readonly type: 'ERROR' }>
  /** The connection is lost, for this reason; the session connects again by itself. */
  | { readonly type: 'DISCONNECTED'; readonly reason: MesosError }
  /** No master could be subscribed at, for this reason; the session tries again after as many milliseconds. */
  | { readonly type: 'RETRYING'; readonly reason: MesosError; readonly milliseconds: number }
  /** The session has given up; nothing comes after this. */
  | { readonly type: 'FAILED'; readonly error: MesosError };

/**
 * Takes events one at a time. Where it returns a promise, the next event waits until that is settled: meanwhile
 * events are held, offers behind all others, and if too many wait, nothing is read from the master. What it throws
 * or rejects with is an uncaught exception of the process.
 */
export type SessionListener = (event: SessionEvent) => void | Promise<void>;
