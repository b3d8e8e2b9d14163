import { type Amounts, addAmounts, amountsFit } from '../fairness/amounts.ts';
import type { KeeperId } from '../fairness/kept-agents.ts';
import { type OccupiedAgent, type OccupyingAttempt, whenFits } from '../fairness/when-fits.ts';
import type { AgentId } from '../model/agent.ts';
import type { PreemptionRule } from '../model/policy.ts';
import type { AttemptId } from '../model/task.ts';

/** A task for which others might be ended. */
export interface PreemptingDemand {
  readonly keeper: KeeperId;
  /** As given: what waiting adds does not count, or two tasks could end one another for ever. */
  readonly priority: number;
  /** Milliseconds, on the clock of `now`. */
  readonly waitingSince: number;
  readonly wanted: Amounts;
}

/** An attempt that might be ended to make room. */
export interface PreemptibleAttempt extends OccupyingAttempt {
  readonly priority: number;
  /** Milliseconds, on the clock of `now`: what it has done since is lost with it. */
  readonly startedAt: number;
  /** How far its user is above the fair share, as a part of the cluster. */
  readonly aboveFair: number;
  /** It was asked to end already, so that its room is as good as free. */
  readonly isEnding?: boolean;
}

/** An agent that the task may run on, with all that runs there. */
export interface PreemptibleAgent extends OccupiedAgent {
  readonly attempts: readonly PreemptibleAttempt[];
}

/** Who is to be ended for whom. */
export interface ChosenPreemption {
  readonly agentId: AgentId;
  /** At least one, and none that could be left out. */
  readonly victims: readonly AttemptId[];
}

interface Cost {
  /** The highest among the victims. */
  readonly priority: number;
  /** Of the victim whose user is least above the fair share, in percent of the cluster. */
  readonly aboveFair: number;
  /** Milliseconds of all victims together. */
  readonly lostRun: number;
  readonly victims: number;
}

interface Priced extends ChosenPreemption {
  readonly cost: Cost;
}

// Finer steps would let a difference that means nothing outweigh hours of lost work.
const percent = (part: number): number => Math.round(part * 100);

const lostRun = ({ startedAt }: PreemptibleAttempt, now: number): number => Math.max(now - startedAt, 0);

const cheaperFirst =
  (now: number) =>
  (a: PreemptibleAttempt, b: PreemptibleAttempt): number =>
    a.priority - b.priority ||
    percent(b.aboveFair) - percent(a.aboveFair) ||
    lostRun(a, now) - lostRun(b, now) ||
    (a.id < b.id ? -1 : 1);

const costOf = (victims: readonly PreemptibleAttempt[], now: number): Cost => ({
  priority: Math.max(...victims.map(({ priority }) => priority)),
  aboveFair: Math.min(...victims.map(({ aboveFair }) => percent(aboveFair))),
  lostRun: victims.reduce((sum, victim) => sum + lostRun(victim, now), 0),
  victims: victims.length,
});

const isCheaper = (a: Priced, b: Priced): boolean => {
  const difference =
    a.cost.priority - b.cost.priority ||
    b.cost.aboveFair - a.cost.aboveFair ||
    a.cost.lostRun - b.cost.lostRun ||
    a.cost.victims - b.cost.victims;
  return difference === 0 ? a.agentId < b.agentId : difference < 0;
};

const priced = (
  { id }: PreemptibleAgent,
  victims: readonly PreemptibleAttempt[],
  now: number,
): Priced | undefined =>
  victims.length === 0
    ? undefined
    : { agentId: id, victims: victims.map((victim) => victim.id), cost: costOf(victims, now) };

const cheaper = (a: Priced | undefined, b: Priced | undefined): Priced | undefined =>
  a && (!b || isCheaper(a, b)) ? a : b;

const mayBeEnded = (attempt: PreemptibleAttempt, demand: PreemptingDemand, rule: PreemptionRule): boolean =>
  attempt.isEnding !== true &&
  attempt.priority < demand.priority &&
  demand.priority - attempt.priority >= rule.minimumPriorityGap;

/** What is free once those have ended that are ending already, and those that `isGone` names. */
const roomWithout = (agent: PreemptibleAgent, isGone: (attempt: PreemptibleAttempt) => boolean): number[] => {
  const room = Array.from(agent.free);
  for (const attempt of agent.attempts) {
    if (attempt.isEnding || isGone(attempt)) addAmounts(room, attempt.resources);
  }
  return room;
};

/** Whether an agent is worth a closer look: victims on it might cost less than `cost`, as far as one look can tell. */
const couldCostLess = (agent: PreemptibleAgent, wanted: Amounts, { priority, aboveFair }: Cost): boolean => {
  const ofLowerPriority = roomWithout(agent, (attempt) => attempt.priority < priority);
  if (amountsFit(wanted, ofLowerPriority)) return true;
  const notDearer = (attempt: PreemptibleAttempt): boolean =>
    attempt.priority <= priority && percent(attempt.aboveFair) >= aboveFair;
  return amountsFit(wanted, roomWithout(agent, notDearer));
};

/** The cheapest are taken until there is enough; then those are let go, the dearest first, without whom there still is. */
function victimsOn(
  agent: PreemptibleAgent,
  demand: PreemptingDemand,
  rule: PreemptionRule,
  now: number,
): PreemptibleAttempt[] | undefined {
  const room = roomWithout(agent, () => false);
  const victims: PreemptibleAttempt[] = [];
  const possible = agent.attempts.filter((attempt) => mayBeEnded(attempt, demand, rule));
  for (const attempt of possible.sort(cheaperFirst(now))) {
    if (amountsFit(demand.wanted, room)) break;
    victims.push(attempt);
    addAmounts(room, attempt.resources);
  }
  if (!amountsFit(demand.wanted, room)) return undefined;
  return victims.toReversed().filter(({ resources }) => {
    addAmounts(room, resources, -1);
    const isSuperfluous = amountsFit(demand.wanted, room);
    if (!isSuperfluous) addAmounts(room, resources);
    return !isSuperfluous;
  });
}

/**
 * Chooses the attempts on one agent whose end makes room for a task at the least cost: those of low priority first, then
 * those of users far above their fair share, then those that lose the least work, then few of them. Only attempts of a
 * priority that is lower, by `minimumPriorityGap` at least, are ever chosen.
 *
 * Agents with enough free are passed over: something else than amounts must be in the way there. Undefined: the task
 * has not waited for `patience`, will have room once those have ended that are ending already, or there is no such
 * choice with at most `maximumVictims`.
 */
export function choosePreemption(
  demand: PreemptingDemand,
  agents: Iterable<PreemptibleAgent>,
  rule: PreemptionRule,
  now: number,
  maximumVictims: number = Number.POSITIVE_INFINITY,
): ChosenPreemption | undefined {
  if (now < demand.waitingSince + rule.patience * 1000) return undefined;
  let best: Priced | undefined;
  for (const agent of agents) {
    if (best && !couldCostLess(agent, demand.wanted, best.cost)) continue;
    const victims = victimsOn(agent, demand, rule, now);
    if (victims?.length === 0 && agent.attempts.some(({ isEnding }) => isEnding)) return undefined;
    if (victims && victims.length <= maximumVictims) best = cheaper(priced(agent, victims, now), best);
  }
  return best && { agentId: best.agentId, victims: best.victims };
}

/** When the room will be there, and what is left beside it, if the victims are gone once their grace is over. */
export const fitAfter = (
  { victims }: ChosenPreemption,
  demand: PreemptingDemand,
  agent: PreemptibleAgent,
  graceSeconds: number,
  now: number,
): ReturnType<typeof whenFits> => {
  const gone = now + graceSeconds * 1000;
  const isLeaving = new Set(victims);
  const attempts = agent.attempts.map((attempt) =>
    isLeaving.has(attempt.id) || attempt.isEnding ? { ...attempt, expectedEnd: gone } : attempt,
  );
  return whenFits(demand.wanted, { ...agent, attempts }, now);
};
