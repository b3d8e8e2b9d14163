import type { Constraint, WaitingDemand } from '@galaxy-mesos/scheduler';

/** Tasks that are alike, and wait; amounts of memory and disk in MiB. */
export interface DemandClass {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly count: number;
  /** How many of them were given a place before: it only grows while some wait. */
  readonly placed: number;
  /** How long each of them runs; absent: nobody knows. */
  readonly longestSeconds?: number;
  /** What must hold of the attributes of their agents, all of it. */
  readonly constraints?: readonly DemandConstraint[];
  /** What else they ask for, in words: nobody can tell of agents that are not there whether they keep it. */
  readonly uncarried?: readonly string[];
}

/** The attribute has one of these values; with `not`, it has none of them, or there is no such attribute. */
export interface DemandConstraint {
  readonly field: string;
  readonly values: readonly string[];
  readonly not?: true;
}

/** More are not told: whoever brings agents up has enough to do with these. */
const mostClasses = 1000;

/** No more are told of a class, nor longer lists: what is left out is said in words. */
const mostConstraints = 100;
const mostValues = 1000;

/** What is said of them in words is for people. */
const mostCharacters = 200;

/** The attribute by which operators name the graphics processors of an agent. */
const gpuModelAttribute = 'gpu_model';

/** A constraint that looks at an attribute alone; undefined for all others. */
function constraintOf(constraint: Constraint): DemandConstraint | undefined {
  switch (constraint.type) {
    case 'equals':
      return onAttribute(constraint.field, [constraint.value], constraint.not);
    case 'in':
      return onAttribute(constraint.field, constraint.values, constraint.not);
    case 'gpu-model':
      return onAttribute(gpuModelAttribute, constraint.models, false);
    default:
      return undefined;
  }
}

function onAttribute(
  field: string,
  values: readonly string[],
  not: boolean | undefined,
): DemandConstraint | undefined {
  // `@hostname` and the like are no attributes: each agent has its own.
  if (field.startsWith('@') || values.length > mostValues) return undefined;
  return { field, values, ...(not === true && { not }) };
}

function inWords(constraint: Constraint): string {
  const { type, ...more } = constraint;
  const text = [type, ...Object.entries(more).map(([name, value]) => `${name} ${value}`)].join(' ');
  return text.replaceAll(/\p{Cc}/gu, ' ').slice(0, mostCharacters);
}

/** What of a task's constraints can be told of agents that are not there yet, and in words what cannot. */
function toldConstraints({ constraints }: WaitingDemand): Pick<DemandClass, 'constraints' | 'uncarried'> {
  const carried: DemandConstraint[] = [];
  const uncarried: string[] = [];
  for (const constraint of constraints) {
    const found = carried.length < mostConstraints ? constraintOf(constraint) : undefined;
    if (found) carried.push(found);
    else if (uncarried.length < mostConstraints) uncarried.push(inWords(constraint));
  }
  return { ...(carried.length > 0 && { constraints: carried }), ...(uncarried.length > 0 && { uncarried }) };
}

/** What waits in the numbers that matter to whoever brings agents up: those of most tasks first. */
export function demandClasses(demands: Iterable<WaitingDemand>): DemandClass[] {
  const classes = new Map<string, DemandClass>();
  for (const demand of demands) {
    const { resources, runSeconds, count, placed } = demand;
    const asked = {
      ...{ cpus: resources.cpus, mem: resources.mem, disk: resources.disk, gpus: resources.gpus ?? 0 },
      ...(runSeconds !== undefined && { longestSeconds: runSeconds }),
      ...toldConstraints(demand),
    };
    const key = JSON.stringify(asked);
    const { count: others = 0, placed: placedOthers = 0 } = classes.get(key) ?? {};
    classes.set(key, { ...asked, count: others + count, placed: placedOthers + placed });
  }
  return [...classes.values()].sort((a, b) => b.count - a.count).slice(0, mostClasses);
}

/** What of the demand there was before, too: what came just now may have a place in a moment. */
export function stillWaiting(now: readonly DemandClass[], before: readonly DemandClass[]): DemandClass[] {
  const counts = new Map(
    before.map(({ count, placed: _placed, ...asked }) => [JSON.stringify(asked), count]),
  );
  return now.flatMap(({ count, placed, ...asked }) => {
    const both = Math.min(count, counts.get(JSON.stringify(asked)) ?? 0);
    return both > 0 ? [{ ...asked, count: both, placed }] : [];
  });
}
