import type { AttemptState } from '../model/task.ts';

/**
 * How a task of a launched gang is doing. `starting` has not run yet; `ended` was ended because of another; `refused`
 * can never run as it is described.
 */
export type MemberState = 'starting' | 'running' | 'finished' | 'failed' | 'lost' | 'refused' | 'ended';

/** What is to be done with a launched gang. */
export type GangVerdict =
  /** Nothing. */
  | 'go on'
  /** Kill all attempts that are still out; ask again when they have ended. */
  | 'end the rest'
  /** All have ended: the whole gang waits again, those that had finished, too. */
  | 'try again'
  /** All have ended, and there will be no other try. */
  | 'failed'
  /** All have done their work. */
  | 'finished';

/** How often a gang may still be tried again. */
export interface GangTries {
  /** After a member's command failed. */
  readonly retries: number;
  /** After a member was lost, before or after it ran. */
  readonly losses: number;
}

/** Why a gang cannot go on; against which of its tries it counts. */
export type GangFault = 'failed' | 'lost' | 'refused';

/**
 * How a member is doing, by the state of its attempt. `givenUp`: the scheduler has stopped waiting for an attempt that
 * may come back; `asked`: it has asked the attempt to end.
 */
export function memberState(
  state: AttemptState,
  told: { givenUp?: boolean; asked?: boolean } = {},
): MemberState {
  switch (state) {
    case 'TASK_FINISHED':
      return 'finished';
    case 'TASK_ERROR':
      return 'refused';
    case 'TASK_FAILED':
      return told.asked ? 'ended' : 'failed';
    case 'TASK_KILLED':
    case 'TASK_GONE':
    case 'TASK_DROPPED':
      return told.asked ? 'ended' : 'lost';
    case 'TASK_STAGING':
    case 'TASK_STARTING':
      return told.givenUp ? 'lost' : 'starting';
    default:
      return told.givenUp ? 'lost' : 'running';
  }
}

/** What is wrong with a gang, the worst first; undefined: nothing. */
export const gangFault = (members: readonly MemberState[]): GangFault | undefined =>
  (['refused', 'failed', 'lost'] as const).find((fault) => members.includes(fault)) ??
  (members.includes('ended') ? 'lost' : undefined);

/**
 * What becomes of a gang. Launches are sent agent by agent, so that a part may be lost while the rest starts; and tasks
 * that work together are of no use without one another at any time. So one member that fails or is lost ends all. Of
 * those that finish the others are independent.
 */
export function gangVerdict(members: readonly MemberState[], tries: GangTries): GangVerdict {
  const fault = gangFault(members);
  const isOut = members.some((state) => state === 'starting' || state === 'running');
  if (!fault) return isOut ? 'go on' : 'finished';
  if (isOut) return 'end the rest';
  const left = { failed: tries.retries, lost: tries.losses, refused: 0 }[fault];
  return left > 0 ? 'try again' : 'failed';
}
