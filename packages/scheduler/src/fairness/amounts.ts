import { type Resources, thousandths } from '../model/resources.ts';

/**
 * Amounts as integer thousandths, cores first, then whatever the caller counts, always in the same order: the rules of
 * keeping, hoarding and preemption only compare and add them, and so work for resources that they know nothing of.
 */
export type Amounts = ArrayLike<number>;

/** What fairness counts of what a task asks for. */
export type ShareResources = Resources & { readonly gpus?: number };

/** Cores, memory, disk and graphics processors, in this order. */
export const amountsOf = ({ cpus, mem, disk, gpus }: ShareResources): number[] => [
  thousandths(cpus),
  thousandths(mem),
  thousandths(disk),
  thousandths(gpus ?? 0),
];

/**
 * Where amounts say who has an agent for himself, in whole numbers: a task that wants none beside it asks for 1, an
 * attempt holds 1, and an agent has 1 free less those that its attempts hold, so that the last of them must end first.
 */
const tenancy = 4;

/** The same amounts with 1 for the agent itself: of a task that wants it for itself, of any attempt, of all it has. */
export const withTenancy = (amounts: Amounts): number[] => {
  const all = Array.from(amounts);
  all[tenancy] = 1;
  return all;
};

/** The same amounts, free on an agent with so many attempts. */
export const withTenants = (free: Amounts, attempts: number): number[] => {
  const all = Array.from(free);
  all[tenancy] = 1 - attempts;
  return all;
};

/** Whether amounts are asked for by a task that wants its agent for itself. */
export const wantsTenancy = (wanted: Amounts): boolean => (wanted[tenancy] ?? 0) > 0;

/** Whether there is enough of everything; amounts that `available` does not name are none. */
export const amountsFit = (wanted: Amounts, available: Amounts): boolean => {
  for (let index = 0; index < wanted.length; index++) {
    const amount = wanted[index] ?? 0;
    if (amount > 0 && amount > (available[index] ?? 0)) return false;
  }
  return true;
};

/** Adds in place; with a `factor` of -1, takes away. */
export const addAmounts = (to: number[], amounts: Amounts, factor = 1): void => {
  for (let index = 0; index < amounts.length; index++) {
    to[index] = (to[index] ?? 0) + factor * (amounts[index] ?? 0);
  }
};
