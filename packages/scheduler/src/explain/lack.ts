import { type Demand, demandOf } from '../cluster/demand.ts';
import type { AgentResources, NumberRange, ReservedAmounts } from '../model/amounts.ts';
import { resourceNames, thousandths } from '../model/resources.ts';
import type { DemandView } from './views.ts';

/** The first of a task's wishes that some resources do not meet. */
export type Lack =
  /** There is less than is asked for of an amount: `cpus`, `mem` (MiB), `disk` (MiB), `gpus` or another scalar. */
  | { readonly type: 'amount'; readonly name: string; readonly has: number; readonly wanted: number }
  /** There would be enough, were it not reserved for another role. */
  | { readonly type: 'other-role' }
  /** There would be enough, were it reserved with the labels that are asked for, or not reserved. */
  | { readonly type: 'reservation' }
  /** There is not enough that is revocable. */
  | { readonly type: 'revocable' }
  | { readonly type: 'ports' | 'sets' | 'volumes' | 'disks' };

type Amounts = Pick<Demand, 'cpus' | 'mem' | 'disk'>;

/** What a role may be given: what is kept for it, for a role above it, or for nobody. */
const isFor = (role: string | undefined, reserved: ReservedAmounts): boolean =>
  role === undefined || role === reserved.role || role.startsWith(`${reserved.role}/`);

const bears = (reserved: ReservedAmounts, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => reserved.labels[name] === value);

const inThousandths = ({ cpus, mem, disk }: Amounts): Amounts => ({
  cpus: thousandths(cpus),
  mem: thousandths(mem),
  disk: thousandths(disk),
});

const sum = (all: readonly ReservedAmounts[]): Amounts => {
  const total = { cpus: 0, mem: 0, disk: 0 };
  for (const { resources } of all) {
    for (const name of resourceNames) total[name] += thousandths(resources[name]);
  }
  return total;
};

const without = (from: Amounts, less: Amounts): Amounts => ({
  cpus: from.cpus - less.cpus,
  mem: from.mem - less.mem,
  disk: from.disk - less.disk,
});

/** What cores, memory and disk may be taken of, in thousandths. */
const usable = (resources: AgentResources, demand: Demand, role: string | undefined): Amounts => {
  const reserved = resources.reserved ?? [];
  const { labels, pool } = demand;
  if (pool === 'revocable') return inThousandths(resources.revocable ?? { cpus: 0, mem: 0, disk: 0 });
  if (labels) return sum(reserved.filter((each) => isFor(role, each) && bears(each, labels)));
  const all = inThousandths(resources);
  if (reserved.length === 0) return all;
  return without(all, sum(pool === 'unreserved' ? reserved : reserved.filter((each) => !isFor(role, each))));
};

const tooSmall = (has: Amounts, wanted: Amounts) => resourceNames.find((name) => has[name] < wanted[name]);

const amountLack = (
  resources: AgentResources,
  demand: Demand,
  role: string | undefined,
): Lack | undefined => {
  const has = usable(resources, demand, role);
  const name = tooSmall(has, demand);
  if (name === undefined) return undefined;
  const isEnoughInAll = tooSmall(inThousandths(resources), demand) === undefined;
  if (isEnoughInAll && demand.pool === 'revocable') return { type: 'revocable' };
  if (isEnoughInAll)
    return { type: demand.labels || demand.pool === 'unreserved' ? 'reservation' : 'other-role' };
  return { type: 'amount', name, has: has[name] / 1000, wanted: demand[name] / 1000 };
};

const scalarLack = (resources: AgentResources, { gpus, scalars }: Demand): Lack | undefined => {
  const all: readonly (readonly [string, number, number])[] = [
    ['gpus', resources.gpus ?? 0, gpus],
    ...scalars.map(([name, wanted]) => [name, resources.scalars?.[name] ?? 0, wanted] as const),
  ];
  const lacking = all.find(([, has, wanted]) => thousandths(has) < wanted);
  if (!lacking) return undefined;
  const [name, has, wanted] = lacking;
  return { type: 'amount', name, has, wanted: wanted / 1000 };
};

const hasPorts = (ranges: readonly NumberRange[], { any = 0, fixed = [] }: PortDemand): boolean => {
  const size = ranges.reduce((total, { begin, end }) => total + end - begin + 1, 0);
  return (
    size >= any + fixed.length &&
    fixed.every((port) => ranges.some(({ begin, end }) => begin <= port && port <= end))
  );
};

type PortDemand = NonNullable<Demand['resources']['ports']>;

const hasDisks = (sizes: readonly number[], wanted: readonly number[]): boolean => {
  const largestFirst = (a: number, b: number) => b - a;
  const disks = sizes.toSorted(largestFirst);
  return wanted.toSorted(largestFirst).every((size, index) => (disks[index] ?? -1) >= size);
};

const specialLack = (has: AgentResources, { resources: wanted }: Demand): Lack | undefined => {
  if (!hasPorts(has.ports ?? [], wanted.ports ?? {})) return { type: 'ports' };
  const sets = Object.entries(wanted.sets ?? {});
  if (!sets.every(([name, items]) => items.every((item) => has.sets?.[name]?.includes(item)))) {
    return { type: 'sets' };
  }
  const volumes = new Set(has.volumes?.map(({ persistenceId }) => persistenceId));
  if (!wanted.volumes?.every(({ persistenceId }) => volumes.has(persistenceId)) && wanted.volumes) {
    return { type: 'volumes' };
  }
  const sizes = (all: readonly { readonly size: number }[] = []) => all.map(({ size }) => size);
  return hasDisks(sizes(has.disks), sizes(wanted.disks)) ? undefined : { type: 'disks' };
};

/** Tells what a task of the demand lacks among some resources; undefined if it has all it asks for. */
export type LackOf = (resources: AgentResources) => Lack | undefined;

/** Prepares {@link LackOf} for many resources. */
export const lackOf = ({ resources: wanted, role }: Pick<DemandView, 'resources' | 'role'>): LackOf => {
  const demand = demandOf(wanted);
  return (resources) =>
    amountLack(resources, demand, role) ??
    scalarLack(resources, demand) ??
    (demand.special ? specialLack(resources, demand) : undefined);
};
