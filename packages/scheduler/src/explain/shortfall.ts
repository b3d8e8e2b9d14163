import { demandOf } from '../cluster/demand.ts';
import type { AgentId } from '../model/agent.ts';
import type { AgentResources } from '../model/amounts.ts';
import type { Constraint, Tag } from '../model/constraint.ts';
import { type Resources, resourceNames, thousandths } from '../model/resources.ts';
import { isPossibleOn } from './explain-class.ts';
import type { AgentView, DemandView } from './views.ts';

/** Amounts that waiting tasks ask for. */
export interface MissingResources extends Resources {
  readonly gpus: number;
}

/** Agents of the size of known ones, more of which would help. */
export interface HelpfulSize {
  /** A known agent of this size. */
  readonly like: AgentId;
  readonly total: AgentResources;
  /** How many of the tasks one that is empty takes. */
  readonly tasksPerAgent: number;
  /** How many more take all that wait. */
  readonly agents: number;
}

/** What is missing for waiting tasks of one demand. */
export interface Shortfall {
  readonly demand: DemandView;
  /** How many tasks wait. */
  readonly tasks: number;
  /** What all of them ask for together. */
  readonly missing: MissingResources;
  /**
   * Sizes of known agents that would help, those first of which least would be left over; empty where none of the
   * known agents could ever run such a task, so that larger or other ones are needed.
   */
  readonly sizes: readonly HelpfulSize[];
}

/** What an autoscaler may do. */
export interface ScalingAdvice {
  readonly shortfalls: readonly Shortfall[];
  /** Known agents on which nothing of this scheduler is and which are kept for nobody; those to be gone first. */
  readonly idleAgents: readonly AgentId[];
}

/** More choices than that only confuse whoever has to choose. */
const maximumSizes = 3;

const times = (amount: number, count: number): number => (thousandths(amount) * count) / 1000;

const missingFor = ({ waiting, resources: { cpus, mem, disk, gpus = 0 } }: DemandView): MissingResources => ({
  cpus: times(cpus, waiting),
  mem: times(mem, waiting),
  disk: times(disk, waiting),
  gpus: times(gpus, waiting),
});

const isOfOneAgent = (field: string): boolean => field === '@agent' || field === '@hostname';

/** How many tasks of their own kind constraints let on one agent. */
const limitOf = (constraint: Constraint, tags: readonly Tag[]): number => {
  switch (constraint.type) {
    case 'exclusive':
      return 1;
    case 'unique':
      return isOfOneAgent(constraint.field) && tags.includes(constraint.among) ? 1 : Number.POSITIVE_INFINITY;
    case 'max-per':
      return isOfOneAgent(constraint.field) && tags.includes(constraint.among)
        ? constraint.maximum
        : Number.POSITIVE_INFINITY;
    case 'away-from':
      return isOfOneAgent(constraint.field) && tags.includes(constraint.from) ? 1 : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
};

const portLimit = (
  has: AgentResources,
  { any = 0, fixed = [] }: { any?: number; fixed?: readonly number[] },
) => {
  if (fixed.length > 0) return 1;
  const ports = (has.ports ?? []).reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
  return any === 0 ? Number.POSITIVE_INFINITY : Math.floor(ports / any);
};

const tasksPerAgent = (
  has: AgentResources,
  { resources, constraints, tags, waiting }: DemandView,
): number => {
  const wanted = demandOf(resources);
  const amounts = wanted.pool === 'revocable' ? (has.revocable ?? has) : has;
  const ratios = [
    ...resourceNames.map((name) => [amounts[name], wanted[name]] as const),
    [has.gpus ?? 0, wanted.gpus] as const,
    ...wanted.scalars.map(([name, amount]) => [has.scalars?.[name] ?? 0, amount] as const),
  ];
  const byAmounts = ratios
    .filter(([, amount]) => amount > 0)
    .map(([available, amount]) => Math.floor(thousandths(available) / amount));
  const byConstraints = constraints.map((constraint) => limitOf(constraint, tags));
  const byWhole = resources.sets || resources.volumes || resources.disks ? 1 : waiting;
  return Math.max(
    1,
    Math.min(waiting, byWhole, portLimit(has, resources.ports ?? {}), ...byAmounts, ...byConstraints),
  );
};

const sizeKey = ({ cpus, mem, disk, gpus = 0 }: AgentResources): string => `${cpus} ${mem} ${disk} ${gpus}`;

/** The part of all cores and memory of the agents that the tasks would not use. */
const leftOver = ({ total, agents }: HelpfulSize, missing: MissingResources): number =>
  Math.max(0, total.cpus * agents - missing.cpus) / (total.cpus || 1) +
  Math.max(0, total.mem * agents - missing.mem) / (total.mem || 1);

type SizedAgent = AgentView & { readonly total: AgentResources };

const isSized = (agent: AgentView): agent is SizedAgent => agent.total !== undefined;

const sizesFor = (
  demand: DemandView,
  agentsBySize: Iterable<readonly SizedAgent[]>,
  date: number,
): HelpfulSize[] => {
  const sizes: HelpfulSize[] = [];
  const isPossible = isPossibleOn(demand, date);
  for (const agents of agentsBySize) {
    const found = agents.find(isPossible);
    if (!found) continue;
    const perAgent = tasksPerAgent(found.total, demand);
    sizes.push({
      like: found.facts.id,
      total: found.total,
      tasksPerAgent: perAgent,
      agents: Math.ceil(demand.waiting / perAgent),
    });
  }
  const missing = missingFor(demand);
  return sizes
    .sort((a, b) => leftOver(a, missing) - leftOver(b, missing) || a.agents - b.agents)
    .slice(0, maximumSizes);
};

/** When an agent is to be gone; one that stays comes last. */
const departureOf = ({ facts: { unavailability, plannedEnd } }: AgentView): number =>
  Math.min(unavailability?.start ?? Number.POSITIVE_INFINITY, plannedEnd ?? Number.POSITIVE_INFINITY);

/**
 * What more agents would help waiting tasks, and which agents are not needed. Tasks that wait for a quota alone are
 * left out: more agents would not help them. `date` is milliseconds since 1970.
 */
export function scalingAdvice(
  demands: Iterable<DemandView>,
  agents: Iterable<AgentView>,
  date: number,
): ScalingAdvice {
  const all = [...agents];
  const bySize = Map.groupBy(all.filter(isSized), ({ total }) => sizeKey(total));
  const shortfalls: Shortfall[] = [];
  for (const demand of demands) {
    if (demand.waiting === 0 || demand.overQuota !== undefined) continue;
    const sizes = sizesFor(demand, bySize.values(), date);
    shortfalls.push({ demand, tasks: demand.waiting, missing: missingFor(demand), sizes });
  }
  const idle = all.filter(({ attempts, keptFor }) => attempts === 0 && keptFor === undefined);
  idle.sort((a, b) => (departureOf(a) < departureOf(b) ? -1 : departureOf(a) > departureOf(b) ? 1 : 0));
  return { shortfalls, idleAgents: idle.map(({ facts }) => facts.id) };
}
