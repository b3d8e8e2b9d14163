import { linkAbort } from '../linked-abort.ts';
import { longestTimer } from '../longest-timer.ts';
import { MesosError } from '../mesos-error.ts';

/** How long one attempt to subscribe may last. */
export interface SubscriptionAttempt {
  /** Fires with the session, and where the agent has not said SUBSCRIBED in time. */
  readonly signal: AbortSignal;
  /** The agent has said SUBSCRIBED. */
  succeeded(): void;
  /** To be called when the attempt, or the subscription that came of it, has ended. */
  release(): void;
}

/** Begins an attempt to subscribe that may take as many milliseconds, or as long as the session (`undefined`). */
export function beginAttempt(session: AbortSignal, patience: number | undefined): SubscriptionAttempt {
  const linked = linkAbort(session);
  const giveUp = () =>
    linked.abort(new MesosError('CONNECTION_LOST', 'the agent did not take the subscription in time'));
  const timer = setTimeout(giveUp, Math.min(patience ?? longestTimer, longestTimer));
  return {
    signal: linked.signal,
    succeeded: () => clearTimeout(timer),
    release: () => {
      clearTimeout(timer);
      linked.release();
    },
  };
}
