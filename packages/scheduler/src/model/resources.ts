/**
 * What a task asks for and an agent offers. Amounts have at most three decimals, as in Mesos, which keeps
 * scalars as fixed-point numbers; all arithmetic here is done in integer thousandths, so that taking 0.1
 * from 0.3 leaves 0.2.
 */
export interface Resources {
  /** Processor cores; 0.5 is half a core. */
  readonly cpus: number;
  /** Memory in MiB. */
  readonly mem: number;
  /** Disk space in MiB. */
  readonly disk: number;
}

/** The names of {@link Resources}, in the order in which they are listed to people. */
export const resourceNames = ['cpus', 'mem', 'disk'] as const;

/** One of {@link resourceNames}. */
export type ResourceName = (typeof resourceNames)[number];

/** Nothing of anything. */
export const noResources: Resources = { cpus: 0, mem: 0, disk: 0 };

/** An amount as the integer that all arithmetic is done in. */
export const thousandths = (amount: number): number => Math.round(amount * 1000);

const combine = (a: Resources, b: Resources, operation: (x: number, y: number) => number): Resources => ({
  cpus: operation(thousandths(a.cpus), thousandths(b.cpus)) / 1000,
  mem: operation(thousandths(a.mem), thousandths(b.mem)) / 1000,
  disk: operation(thousandths(a.disk), thousandths(b.disk)) / 1000,
});

/** The sum, exact to a thousandth. */
export const addResources = (a: Resources, b: Resources): Resources => combine(a, b, (x, y) => x + y);

/** What is left of `a` without `b`, exact to a thousandth; negative where `b` is larger. */
export const subtractResources = (a: Resources, b: Resources): Resources => combine(a, b, (x, y) => x - y);

/** The names of what `available` has too little of for `wanted`; empty if it fits. */
export const missingResources = (wanted: Resources, available: Resources): ResourceName[] =>
  resourceNames.filter((name) => thousandths(wanted[name]) > thousandths(available[name]));

/** Whether `wanted` fits into `available`. */
export const fitsInto = (wanted: Resources, available: Resources): boolean =>
  missingResources(wanted, available).length === 0;

/** For people: `2 cpus, 1024 MiB of memory, 0 MiB of disk`. */
export const describeResources = ({ cpus, mem, disk }: Resources): string =>
  `${cpus} cpu${cpus === 1 ? '' : 's'}, ${mem} MiB of memory, ${disk} MiB of disk`;
