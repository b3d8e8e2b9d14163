import type { AgentId } from '../model/agent.ts';
import type { InverseOffer } from '../ports/driver.ts';

/** An attempt that is out, as far as plans for its agent go. */
export interface RunningAttempt {
  readonly agentId: AgentId;
  /** Milliseconds since 1970; absent where nobody can say. */
  readonly expectedEnd?: number;
}

/** Whether it is convenient that an agent will be gone. */
export interface InverseAnswer {
  readonly answer: 'accept' | 'decline';
  /** How many attempts will still run then. */
  readonly stillRunning: number;
  /** When the last of them will have ended, in milliseconds since 1970; absent if there is none, or nobody can say. */
  readonly until?: number;
}

/**
 * Accepts if none of the attempts will run on the agent when it is to be gone. `date` is now, in milliseconds since
 * 1970: what runs longer than was expected is not ended by that.
 */
export function answerInverseOffer(
  { agentId, unavailability: { start, duration } }: InverseOffer,
  attempts: Iterable<RunningAttempt>,
  date: number,
): InverseAnswer {
  const isOver = duration !== undefined && start + duration <= date;
  let stillRunning = 0;
  let until = 0;
  for (const attempt of attempts) {
    if (agentId !== undefined && attempt.agentId !== agentId) continue;
    const expectedEnd = attempt.expectedEnd ?? Number.POSITIVE_INFINITY;
    if (isOver || Math.max(expectedEnd, date) <= start) continue;
    stillRunning++;
    // What has run longer than was expected may end whenever it likes.
    until = Math.max(until, expectedEnd < date ? Number.POSITIVE_INFINITY : expectedEnd);
  }
  if (stillRunning === 0) return { answer: 'accept', stillRunning };
  return { answer: 'decline', stillRunning, ...(Number.isFinite(until) && { until }) };
}
