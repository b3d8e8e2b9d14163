/**
 * What this launcher has seen and asked for itself. It is not in the journal: a new launcher begins without, looks
 * again, and asks again.
 */
export interface Sight {
  readonly systems: ReadonlyMap<string, SystemSight>;
  readonly pilots: ReadonlyMap<string, PilotSight>;
  readonly pools: ReadonlyMap<string, PoolSight>;
  /** Agents that are not to be there, and when the master was last told so. */
  readonly strays: ReadonlyMap<string, number>;
  readonly master?: MasterSight | undefined;
  /** What is known of the classes of tasks that wait, by who lacks them and what they ask for. */
  readonly demand?: ReadonlyMap<string, DemandSight> | undefined;
  /** When that was seen last. */
  readonly now?: number | undefined;
  /** The `Wanted.at` of the last tick. */
  readonly wantedAt?: number | undefined;
  /** Since when the cluster has been going down. */
  readonly downSince?: number | undefined;
  /** Whether it was said that nothing is left. */
  readonly isFinished?: boolean | undefined;
}

/** A master that is started again, or has its successor, is back within this time as a rule. */
export const masterBackMs = 60_000;

/** Whether the master answers, and since when. */
export interface MasterSight {
  readonly answers: boolean;
  readonly since: number;
  /** Whether this launcher has ever heard it. */
  readonly wasHeard: boolean;
  /** When it came back, or came at all, after it was away for longer than an answer may take. */
  readonly backAt?: number | undefined;
}

/** What is known of a queueing system's answers. */
export interface SystemSight {
  /** When it was last asked. */
  readonly askedAt?: number | undefined;
  /** Whether an answer is awaited. */
  readonly isAsked: boolean;
  /** When the last answer that said something was asked for. */
  readonly knownAt?: number | undefined;
  /** Why its last answer said nothing. */
  readonly trouble?: string | undefined;
  /** Batch jobs with names of this cluster that its journal does not know: told, never touched. */
  readonly strangers: readonly string[];
}

/** What is known of a pilot's agent. */
export interface AgentSight {
  readonly agentId: string;
  readonly isConnected: boolean;
  readonly isActive: boolean;
  readonly isDraining: boolean;
  readonly tasks: number;
}

/** Why a batch job waits, in the queue's words. */
export interface WaitingSight {
  readonly kind: 'waiting' | 'held';
  readonly reason?: string | undefined;
  readonly advice?: string | undefined;
  readonly isHopeless: boolean;
  /** Since when it has been hopeless or held, in milliseconds since 1970. */
  readonly stuckSince?: number | undefined;
}

/** What is known of a pilot, and what was asked of it when. */
export interface PilotSight {
  /** Whether the answer to its submit is awaited: by this launcher, that is. */
  readonly isSubmitting?: boolean | undefined;
  /** When the answer to its submit turned out to be unclear. */
  readonly unclearSince?: number | undefined;
  /** When it was first known that it had started. */
  readonly startSeenAt?: number | undefined;
  readonly waiting?: WaitingSight | undefined;
  readonly isSuspended?: boolean | undefined;
  /** When it was last seen in the queue: the time at which that answer was asked for. */
  readonly presentAt?: number | undefined;
  /** Since when all complete answers of the queue have left it out. */
  readonly absentSince?: number | undefined;
  readonly agent?: AgentSight | undefined;
  /** Since when its agent has had no task, or has had some. */
  readonly idleSince?: number | undefined;
  readonly busySince?: number | undefined;
  /** Since when its agent has been one that takes no tasks. */
  readonly inactiveSince?: number | undefined;
  /** Since when the master has not been connected to its agent. */
  readonly awaySince?: number | undefined;
  /** What its script wrote as the reason of its end, where that alone does not say enough. */
  readonly wroteEnd?: string | undefined;
  readonly endingAskedAt?: number | undefined;
  readonly deactivateAskedAt?: number | undefined;
  readonly reactivateAskedAt?: number | undefined;
  /** Whether its agent was seen to take tasks again, for long enough, after the pilot was taken back. */
  readonly isBack?: boolean | undefined;
  readonly drainAskedAt?: number | undefined;
  readonly stopAskedAt?: number | undefined;
  readonly cancelAskedAt?: number | undefined;
  readonly ordered?: { readonly keep: boolean; readonly drain: boolean; readonly stop: boolean } | undefined;
  /** When it was heard that these could not be written. */
  readonly orderFailedAt?: number | undefined;
}

/** What is known of a pool. */
export interface PoolSight {
  /** Since when it has had more pilots than it needs, and the fewest that were too many since. */
  readonly surplus?: { readonly since: number; readonly least: number } | undefined;
  /** How long its last pilots waited in the queue, in milliseconds, smoothed. */
  readonly queueWait?: number | undefined;
  /** How long its last pilots took from their start until they had agents, in milliseconds, smoothed; and when. */
  readonly startUp?: { readonly ms: number; readonly at: number } | undefined;
  /** When its last tries turned out never to start: it makes no more for a while, or until one does start. */
  readonly stuckAt?: number | undefined;
}

/** What is known of a class of tasks that wait. */
export interface DemandSight {
  /** When it was first, and last, among what waits. */
  readonly since: number;
  readonly seenAt: number;
  /** How many of them were placed, and when these were last seen to become more. */
  readonly placed?: number | undefined;
  readonly placedAt?: number | undefined;
  /** By pool. */
  readonly declines: ReadonlyMap<string, Decline>;
  /** By pool, when its pilots last took some of them. */
  readonly taken: ReadonlyMap<string, number>;
}

/** Pilots of a pool should hold tasks of a class, were there for them, and were not used. */
export interface Decline {
  readonly why: 'untaken' | 'too-long';
  readonly at: number;
  /** Otherwise a single pilot says so, and others are still to come. */
  readonly isSure: boolean;
  /** `too-long`: how long a task might have taken on a pilot that had just come. */
  readonly livesSeconds?: number;
}

/** A clock that goes back by more than this was set: what was seen at a time that is to come says nothing. */
const setBackMs = 30_000;

/** What was seen, as far as the clock still lets anything be made of it: where it was set back, all is looked at again. */
export function sightAt(sight: Sight, now: number): Sight {
  if (sight.now === undefined || sight.now - now < setBackMs) {
    return sight;
  }
  // Answers to submits are still to come, by whatever clock.
  const pilots = sight.pilots
    .entries()
    .flatMap(([name, { isSubmitting }]): [string, PilotSight][] =>
      isSubmitting === true ? [[name, { isSubmitting }]] : [],
    );
  return { ...noSight, pilots: new Map(pilots) };
}

/** Nothing seen yet. */
export const noSight: Sight = {
  systems: new Map(),
  pilots: new Map(),
  pools: new Map(),
  strays: new Map(),
};
