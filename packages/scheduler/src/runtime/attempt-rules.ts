import { type Attempt, type AttemptState, isTerminal } from '../model/task.ts';
import type { AttemptUpdate } from '../ports/driver.ts';

/**
 * What an attempt's state means for its task: `wait` for more news, the task `finished`, its command `failed`
 * (counts against the retries), the cluster `lost` the attempt (does not), it was `killed`, or it can never
 * run as described (`refused`).
 */
export type Verdict = 'wait' | 'finished' | 'failed' | 'lost' | 'killed' | 'refused';

const verdicts: Record<AttemptState, Verdict> = {
  TASK_STAGING: 'wait',
  TASK_STARTING: 'wait',
  TASK_RUNNING: 'wait',
  TASK_KILLING: 'wait',
  // The agent may come back; only time makes this a loss.
  TASK_UNREACHABLE: 'wait',
  TASK_FINISHED: 'finished',
  TASK_FAILED: 'failed',
  TASK_KILLED: 'killed',
  TASK_ERROR: 'refused',
  TASK_LOST: 'lost',
  TASK_DROPPED: 'lost',
  TASK_GONE: 'lost',
  TASK_GONE_BY_OPERATOR: 'lost',
  TASK_UNKNOWN: 'lost',
};

/** See {@link Verdict}. */
export const verdictOn = (state: AttemptState): Verdict => verdicts[state];

/**
 * Whether the master refused a second launch under the id of an attempt: ids are never used twice, so it was the same
 * launch that arrived twice, and the master has the attempt.
 */
export const isRefusedTwin = ({ state, reason, message }: AttemptUpdate): boolean =>
  state === 'TASK_ERROR' && reason === 'REASON_TASK_INVALID' && /duplicate id/i.test(message ?? '');

/** The attempt as it is after an update; the same object if the update tells nothing new or comes too late. */
export function applyUpdate(attempt: Attempt, update: AttemptUpdate): Attempt {
  if (isTerminal(attempt.state)) return attempt;
  // What has begun is not refused any more: that, too, is said of a second launch under its id.
  const isOfTwin = update.state === 'TASK_ERROR' && attempt.state !== 'TASK_STAGING';
  if (isOfTwin || isRefusedTwin(update)) return attempt;
  const { state, timestamp, message, reason, exitCode, sandbox } = update;
  const started = state === 'TASK_RUNNING' && attempt.startedAt === undefined;
  if (state === attempt.state && !started) return attempt;
  // Two reasons for the list: what an earlier state said no longer holds, and absent keys stay absent.
  const { message: _message, reason: _reason, ...rest } = attempt;
  return {
    ...rest,
    state,
    ...(started && { startedAt: timestamp }),
    ...(isTerminal(state) && { endedAt: timestamp }),
    ...(message !== undefined && { message }),
    ...(reason !== undefined && { reason }),
    ...(exitCode !== undefined && { exitCode }),
    ...(sandbox !== undefined && { sandbox }),
  };
}
