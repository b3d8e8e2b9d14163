import type { AgentId } from '../model/agent.ts';
import type { AttemptId } from '../model/task.ts';
import { type Amounts, addAmounts, amountsFit, wantsTenancy } from './amounts.ts';

/** An attempt that is out on an agent. */
export interface OccupyingAttempt {
  readonly id: AttemptId;
  readonly resources: Amounts;
  /** Milliseconds on the clock of `now`; absent: nobody knows. */
  readonly expectedEnd?: number | undefined;
}

/** An agent with what is free on it and what runs there. */
export interface OccupiedAgent {
  readonly id: AgentId;
  readonly free: Amounts;
  /** In the order in which they were launched. */
  readonly attempts: readonly OccupyingAttempt[];
  /** All that the agent has. What is neither free nor an attempt's is somebody else's. Absent: there is no such thing. */
  readonly total?: Amounts;
}

/** When there will be enough on an agent. */
export interface Fit {
  /** `Infinity` where it takes the end of something of which nobody knows when it ends. */
  readonly from: number;
  /** How many attempts must end before. */
  readonly waitsFor: number;
  /**
   * What is left then beside what is wanted, as long as nothing that may run longer is put there. Nothing, beside one
   * that wants the agent for itself.
   */
  readonly spare: number[];
}

/** One that should have ended already is taken to be late by as much again. */
const likelyEnd = (expectedEnd: number | undefined, now: number): number => {
  if (expectedEnd === undefined) return Number.POSITIVE_INFINITY;
  return expectedEnd < now ? now + (now - expectedEnd) : expectedEnd;
};

const othersShare = ({ free, attempts, total }: OccupiedAgent): number[] => {
  const others = Array.from(total ?? []);
  addAmounts(others, free, -1);
  for (const { resources } of attempts) addAmounts(others, resources, -1);
  return others.map((amount) => Math.max(amount, 0));
};

const spareOf = (room: number[], wanted: Amounts): number[] => {
  if (wantsTenancy(wanted)) return [];
  addAmounts(room, wanted, -1);
  return room;
};

/**
 * When `wanted` will fit on an agent if nothing else is put there: attempts are taken to end when they are expected to,
 * those of unknown length after all others, and what belongs to others last of all. Undefined: it never will.
 */
export function whenFits(wanted: Amounts, agent: OccupiedAgent, now: number): Fit | undefined {
  if (agent.total && !amountsFit(wanted, agent.total)) return undefined;
  const room = Array.from(agent.free);
  if (amountsFit(wanted, room)) return { from: now, waitsFor: 0, spare: spareOf(room, wanted) };
  const ends = agent.attempts.map(({ resources, expectedEnd }) => ({
    resources,
    end: likelyEnd(expectedEnd, now),
  }));
  ends.sort((a, b) => (a.end === b.end ? 0 : a.end - b.end));
  for (const [index, { resources, end }] of ends.entries()) {
    addAmounts(room, resources);
    if (amountsFit(wanted, room)) return { from: end, waitsFor: index + 1, spare: spareOf(room, wanted) };
  }
  addAmounts(room, othersShare(agent));
  if (!amountsFit(wanted, room)) return undefined;
  return { from: Number.POSITIVE_INFINITY, waitsFor: ends.length, spare: spareOf(room, wanted) };
}

/** Whether {@link whenFits} is at that time or before, without working out when; `Infinity`: whether it ever is. */
export function fitsBy(wanted: Amounts, agent: OccupiedAgent, by: number, now: number): boolean {
  if (by === Number.POSITIVE_INFINITY) return whenFits(wanted, agent, now) !== undefined;
  for (let index = 0; index < wanted.length; index++) {
    const amount = wanted[index] ?? 0;
    if (amount > 0 && amount > amountBy(index, agent, by, now)) return false;
  }
  return true;
}

const amountBy = (index: number, agent: OccupiedAgent, by: number, now: number): number => {
  let amount = agent.free[index] ?? 0;
  for (const { resources, expectedEnd } of agent.attempts) {
    if (likelyEnd(expectedEnd, now) <= by) amount += resources[index] ?? 0;
  }
  return amount;
};

/** Of two agents the one where it fits sooner, then the one where fewer attempts must end, then the lower id. */
export const fitsSooner = (
  a: { readonly fit: Fit; readonly agentId: AgentId },
  b: { readonly fit: Fit; readonly agentId: AgentId },
): boolean => {
  if (a.fit.from !== b.fit.from) return a.fit.from < b.fit.from;
  if (a.fit.waitsFor !== b.fit.waitsFor) return a.fit.waitsFor < b.fit.waitsFor;
  return a.agentId < b.agentId;
};
