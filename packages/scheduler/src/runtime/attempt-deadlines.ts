import type { Attempt } from '../model/task.ts';
import type { SchedulerOptions } from './options.ts';
import type { EndedFor } from './retry-rules.ts';

/** An attempt that its task waits for. Times are on the clock that never jumps. */
export interface LiveAttempt {
  attempt: Attempt;
  readonly maximumRunSeconds: number | undefined;
  /** When it was launched, taken over from an earlier scheduler, or a connection was made that can tell of it. */
  waitedForSince: number;
  /** Before this the cluster may not know yet that it was launched, unless it has told of it. */
  askableFrom: number;
  /** When something was last heard of it. */
  heardAt: number;
  /** Of one that was taken over: since when this scheduler knows it, as no deadline depends on dates. */
  runningSince?: number;
  unreachableSince?: number;
  /** When its agent is to be gone for ever, where that is planned. */
  agentEndsAt?: number;
  /** Present once this scheduler has ended it, as far as is in its power. */
  kill?: {
    readonly endedFor: EndedFor;
    readonly firstSentAt: number;
    readonly sentAt: number;
    readonly count: number;
    readonly grace: number;
  };
}

// Clocks of machines differ, queues stop what runs a little before or after the time, and what then ended is heard of late.
const earlyMilliseconds = 120_000;

/** Whether its agent has ended as planned, or is about to: what is lost then is lost by that. */
export const isAtAgentsEnd = ({ agentEndsAt }: LiveAttempt, now: number): boolean =>
  agentEndsAt !== undefined && now >= agentEndsAt - earlyMilliseconds;

/** What is to be done about an attempt, and when. */
export interface Deadline {
  readonly at: number;
  readonly what:
    | 'nothing'
    /** Nothing is heard of its launch: the cluster is asked. */
    | 'silent'
    /** It has not begun to run: it is given up. */
    | 'not started'
    /** It was ended again and again, and goes on: it is given up. */
    | 'not ended'
    /** It cannot be reached: it is given up. */
    | 'unreachable'
    /** It runs for too long: it is ended. */
    | 'overrun'
    /** It was ended, and nothing is heard of that: it is ended again. */
    | 'kill';
}

const nothing: Deadline = { at: Number.POSITIVE_INFINITY, what: 'nothing' };

const after = (since: number, seconds: number, what: Deadline['what']): Deadline => ({
  at: since + seconds * 1000,
  what,
});

/** What is to be done next about an attempt. `halting`: nothing is to be waited for that cannot be reached. */
export function deadlineOf(live: LiveAttempt, options: SchedulerOptions, halting: boolean): Deadline {
  const { attempt, unreachableSince, runningSince, kill, maximumRunSeconds } = live;
  let first = nothing;
  const consider = (deadline: Deadline): void => {
    if (deadline.at < first.at) first = deadline;
  };
  if (unreachableSince !== undefined) {
    const patience = after(unreachableSince, halting ? 0 : options.unreachablePatience, 'unreachable');
    // An agent that has ended as planned does not come back.
    const { agentEndsAt = Number.POSITIVE_INFINITY } = live;
    consider({ ...patience, at: Math.min(patience.at, Math.max(unreachableSince, agentEndsAt)) });
  }
  if (kill) {
    consider(after(kill.firstSentAt, options.killTimeout, 'not ended'));
    consider(after(kill.sentAt, options.killRepeat, 'kill'));
  }
  if (attempt.state === 'TASK_STAGING' && runningSince === undefined) {
    consider(after(live.heardAt, options.launchSilence, 'silent'));
    consider(after(live.waitedForSince, options.launchTimeout, 'not started'));
  }
  if (!kill && runningSince !== undefined && maximumRunSeconds !== undefined) {
    consider(after(runningSince, maximumRunSeconds + options.overrunPatience, 'overrun'));
  }
  return first;
}
