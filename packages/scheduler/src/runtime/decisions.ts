import type { SchedulerError } from '../model/errors.ts';
import type { AttemptReference, AttemptUpdate, Launch, OfferId, OfferWish } from '../ports/driver.ts';
import type { TaskChange } from '../ports/store.ts';
import type { SchedulerNotice } from './notice.ts';

/** What is to be asked of the driver, once the changes are durable. */
export type Effect =
  | { readonly type: 'launch'; readonly offerIds: readonly OfferId[]; readonly launches: readonly Launch[] }
  | { readonly type: 'decline'; readonly offerIds: readonly OfferId[]; readonly refuseSeconds: number }
  | { readonly type: 'kill'; readonly attempt: AttemptReference; readonly graceSeconds: number }
  | { readonly type: 'acknowledge'; readonly update: AttemptUpdate }
  | { readonly type: 'reconcile'; readonly attempts: readonly AttemptReference[] }
  | { readonly type: 'suppress' }
  | { readonly type: 'revive'; readonly wish?: OfferWish }
  | {
      readonly type: 'answer-inverse-offers';
      readonly offerIds: readonly OfferId[];
      readonly answer: 'accept' | 'decline';
    };

/** What the core decided: first the changes are made durable, then come the effects, then the notices. */
export interface Decisions {
  readonly changes: TaskChange[];
  readonly effects: Effect[];
  readonly notices: SchedulerNotice[];
  /** Inputs that were refused, and changed nothing. */
  readonly refusals: Map<object, SchedulerError>;
  /** There is more to decide at once: what was decided so far should not wait for it. */
  more: boolean;
}
