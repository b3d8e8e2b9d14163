import type { AgentFacts } from '../model/agent.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * What agents may have left, in steps of four times as much: less than a quarter of an hour, than an hour, ... Within
 * a step agents count as alike, so that the placement policy still has a choice.
 */
const steps: readonly number[] = [15 * minute, hour, 4 * hour, 16 * hour, 64 * hour];

/** How many classes {@link lifeClass} tells apart. */
export const lifeClasses = steps.length + 1;

/** The class of what an agent has left: 0 is nearest to its end, the last has no end, or one that is far. */
export function lifeClass({ plannedEnd }: AgentFacts, date: number): number {
  if (plannedEnd === undefined) return steps.length;
  const left = plannedEnd - date;
  const found = steps.findIndex((step) => left < step);
  return found === -1 ? steps.length : found;
}

/**
 * The classes of agents in the order in which a task is best put there. One that is known to be short goes where little
 * is left, which leaves the others to long ones; of one that nobody knows, most is left where it may run longest.
 */
export function classesFor(run: number | undefined): readonly number[] {
  const all = Array.from({ length: lifeClasses }, (_, index) => index);
  if (run === undefined) return all.reverse();
  return all.filter((index) => run < (steps[index] ?? Number.POSITIVE_INFINITY));
}

/** How good a class is for a task: the higher, the better. */
export const lifeRank = (run: number | undefined, lifeClass: number): number =>
  run === undefined ? lifeClass : lifeClasses - lifeClass;
