import type { Job } from '../job.ts';
import { type JobDescriptionProblem, shownValue, throwProblems } from '../job-description-error.ts';
import { nearest } from '../nearest.ts';
import { type ResourceParameterName, type ResourceParameters, resourceParameters } from './parameters.ts';
import { noResourceRules, type ResourceLimits, type ResourceRules, rulesForTool } from './resource-rules.ts';
import { isSplitParameter, splitParameters } from './split-parameters.ts';

/** The part of a job that says what it needs and whom it counts for. */
export type RequestedResources = Pick<
  Job,
  'resources' | 'container' | 'user' | 'queue' | 'priority' | 'walltime' | 'outOfMemory'
>;

/** A job that is told nothing gets this; as much as Galaxy's own tools need. */
const standard = { cpus: 1, mem: 1024, disk: 0, gpus: 0, mem_retry_factor: 2 } as const;

/**
 * What a job gets by the parameters of its destination (`submit_cpus: 4`, without the prefix), and by the rules of
 * the administrator for its tool. An empty value counts as none. How it is cut is read by `splitOfParameters`.
 *
 * @param options.prefix what stands before the names where people see them, for messages
 * @throws JobDescriptionError with all that is wrong: unknown names, values that cannot be read, more than is allowed
 */
export function resourcesOfParameters(
  parameters: Readonly<Record<string, unknown>>,
  options: { readonly rules?: ResourceRules; readonly toolId?: string; readonly prefix?: string } = {},
): RequestedResources {
  const { rules = noResourceRules, toolId, prefix = 'submit_' } = options;
  const { asked, problems } = readParameters(parameters, prefix);
  const { defaults, limits } = rulesForTool(rules, toolId);
  throwProblems([...problems, ...overLimits(asked, limits, (name) => `${prefix}${name}`)]);
  return resourcesOf(asked, defaults, limits);
}

/** {@link resourcesOfParameters} for values that were read already. */
export function resourcesOf(
  asked: ResourceParameters,
  defaults: ResourceParameters,
  limits: ResourceLimits,
): RequestedResources {
  const usual: ResourceParameters = { ...standard, ...defaults };
  const amount = (name: 'cpus' | 'mem' | 'disk' | 'gpus'): number =>
    asked[name] ?? Math.min(usual[name] ?? 0, limits[name] ?? Number.POSITIVE_INFINITY);
  const gpus = amount('gpus');
  const walltime = asked.walltime ?? least(usual.walltime, limits.walltime);
  const priority = asked.priority ?? least(usual.priority, usual.priority && limits.priority);
  const queue = asked.queue ?? usual.queue;
  const mem = amount('mem');
  return {
    resources: { cpus: amount('cpus'), mem, disk: amount('disk'), ...(gpus > 0 && { gpus }) },
    ...containerOf({ ...usual, ...asked }),
    ...(asked.user !== undefined && { user: asked.user }),
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(walltime !== undefined && { walltime }),
    ...outOfMemoryOf({ ...usual, ...asked }, mem, limits.mem),
  };
}

/** What is asked beyond the limits. */
export function overLimits(
  asked: ResourceParameters,
  limits: ResourceLimits,
  fieldOf: (name: string) => string,
): JobDescriptionProblem[] {
  const names = ['cpus', 'mem', 'disk', 'gpus', 'walltime', 'priority'] as const;
  return names.flatMap((name) => {
    const [value, limit] = [asked[name], limits[name]];
    if (value === undefined || limit === undefined || value <= limit) return [];
    const text = `${value} is more than the ${limit} that is allowed here; ask for less, or ask the administrator`;
    return [{ code: 'OVER_LIMIT', field: fieldOf(name), text }];
  });
}

function readParameters(
  parameters: Readonly<Record<string, unknown>>,
  prefix: string,
): { asked: ResourceParameters; problems: JobDescriptionProblem[] } {
  const asked: Record<string, unknown> = {};
  const problems: JobDescriptionProblem[] = [];
  for (const [name, given] of Object.entries(parameters)) {
    if (given === '' || given === null || isSplitParameter(name)) continue;
    const field = `${prefix}${name}`;
    if (!isParameterName(name)) {
      problems.push({ code: 'UNKNOWN_NAME', field, text: unknownName(name, prefix) });
      continue;
    }
    const read = resourceParameters[name].safeParse(given);
    if (read.success) asked[name] = read.data;
    else {
      const text = `${shownValue(given)} cannot be used; ${read.error.issues[0]?.message ?? ''}`;
      problems.push({ code: 'INVALID_VALUE', field, text });
    }
  }
  // The names are those of the schemas, and the values are what these made.
  return { asked: asked as ResourceParameters, problems };
}

const isParameterName = (name: string): name is ResourceParameterName =>
  Object.hasOwn(resourceParameters, name);

function unknownName(name: string, prefix: string): string {
  const names = [...Object.keys(resourceParameters), ...Object.keys(splitParameters)];
  const meant = nearest(name, names);
  const advice = meant === undefined ? 'take it out' : `did you mean ${prefix}${meant}?`;
  return `there is no such parameter; ${advice} (known are ${names.map((known) => prefix + known).join(', ')})`;
}

const least = (...values: readonly (number | undefined)[]): number | undefined => {
  const given = values.filter((value) => value !== undefined);
  return given.length > 0 ? Math.min(...given) : undefined;
};

function containerOf(wanted: ResourceParameters): Pick<Job, 'container'> {
  const { container: image, container_runtime: runtime = 'mesos', container_volumes: volumes } = wanted;
  if (image === undefined) return {};
  return { container: { image, runtime, ...(volumes !== undefined && { volumes }) } };
}

/** Nothing is tried again with more memory unless somebody said how much more. */
function outOfMemoryOf(
  { mem_retry_factor: factor = standard.mem_retry_factor, mem_retry_max: wanted }: ResourceParameters,
  mem: number,
  limit: number | undefined,
): Pick<Job, 'outOfMemory'> {
  const maximum = wanted === undefined ? undefined : least(wanted, limit);
  return maximum === undefined || maximum <= mem ? {} : { outOfMemory: { factor, maximum } };
}
