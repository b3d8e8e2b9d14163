import type { AgentFacts } from '../model/agent.ts';

/** Why an agent will not be there for as long as a task needs it. */
export type Departure = 'maintenance' | 'ends-too-soon';

/** What says how long an agent must be there for a task, in milliseconds. */
export interface Need {
  /** How long the task is taken to run; undefined: nobody knows. */
  readonly run: number | undefined;
  /** What an agent must have left before its planned end for a task of which nobody knows how long it runs. */
  readonly lastStretch: number;
}

/**
 * Why an agent will be gone before a task could have ended that is put there at `date`; undefined if it will not.
 * A planned end is sure, as walltimes are: of what nobody knows the time of, nothing begins in the last stretch before
 * it. Maintenance is for the operator to begin, who may wait for what runs: such a task may start until then.
 */
export function departure(
  { run, lastStretch }: Need,
  agent: AgentFacts,
  date: number,
): Departure | undefined {
  const { unavailability, plannedEnd } = agent;
  if (unavailability) {
    const { start, duration = Number.POSITIVE_INFINITY } = unavailability;
    const isThere = date >= start + duration || (date < start && date + (run ?? 0) <= start);
    if (!isThere) return 'maintenance';
  }
  return plannedEnd !== undefined && date + (run ?? lastStretch) > plannedEnd ? 'ends-too-soon' : undefined;
}
