import type { ShareRule } from '../model/policy.ts';
import { thousandths } from '../model/resources.ts';
import type { ShareResources } from './amounts.ts';

/** The amounts that fairness counts, in thousandths. */
export interface Counted {
  cpus: number;
  mem: number;
  disk: number;
  gpus: number;
}

/** What is in use by a user or a queue, in thousandths, and by how many tasks. */
export interface Usage extends Counted {
  tasks: number;
}

const countedNames = ['cpus', 'mem', 'disk', 'gpus'] as const;

/** Nothing in use. */
export const noUsage = (): Usage => ({ cpus: 0, mem: 0, disk: 0, gpus: 0, tasks: 0 });

/** The amounts as thousandths. */
export const countedOf = (resources: ShareResources): Counted => ({
  cpus: thousandths(resources.cpus),
  mem: thousandths(resources.mem),
  disk: thousandths(resources.disk),
  gpus: thousandths(resources.gpus ?? 0),
});

/** Adds so many tasks to what is in use that have these amounts together; with a `sign` of -1, takes them away. */
export function addUsage(usage: Usage, counted: Counted, tasks: number, sign: 1 | -1): void {
  usage.cpus += sign * counted.cpus;
  usage.mem += sign * counted.mem;
  usage.disk += sign * counted.disk;
  usage.gpus += sign * counted.gpus;
  usage.tasks += sign * tasks;
}

/** Whether some amount was given back that was never taken. */
export const isOverdrawn = (usage: Usage): boolean =>
  usage.tasks < 0 || countedNames.some((name) => usage[name] < 0);

/**
 * By what each amount in use is multiplied to get its part of the cluster. What the cluster has none of counts for
 * nothing, since nobody can be kept from it; while nothing at all is known of the cluster, cores alone count.
 */
export const scalesOf = (total: Counted): Counted => {
  if (countedNames.every((name) => total[name] <= 0)) return { cpus: 0.001, mem: 0, disk: 0, gpus: 0 };
  const scale = (amount: number): number => (amount > 0 ? 1 / amount : 0);
  return { cpus: scale(total.cpus), mem: scale(total.mem), disk: scale(total.disk), gpus: scale(total.gpus) };
};

/** The largest of the parts of the cluster that are in use. */
export const dominantShare = (usage: Usage, scales: Counted): number =>
  Math.max(
    usage.cpus * scales.cpus,
    usage.mem * scales.mem,
    usage.disk * scales.disk,
    usage.gpus * scales.gpus,
  );

/** The most that may be in use; `Infinity` where there is no limit. */
export const quotaOf = ({ quota = {} }: ShareRule): Usage => {
  const most = (amount: number | undefined): number =>
    amount === undefined ? Number.POSITIVE_INFINITY : thousandths(amount);
  return {
    cpus: most(quota.cpus),
    mem: most(quota.mem),
    disk: most(quota.disk),
    gpus: most(quota.gpus),
    tasks: quota.tasks ?? Number.POSITIVE_INFINITY,
  };
};

/** Whether so many more tasks keep within the quota. What they do not ask for is no reason to refuse them. */
export const keepsWithin = (quota: Usage, usage: Usage, counted: Counted, tasks: number): boolean =>
  usage.tasks + tasks <= quota.tasks &&
  countedNames.every((name) => counted[name] <= 0 || usage[name] + counted[name] <= quota[name]);
