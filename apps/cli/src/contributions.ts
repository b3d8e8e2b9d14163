import type { Job, OutputMerge, Split, SplitPlan } from '@galaxy-mesos/galaxy-jobs';
import {
  builtIn,
  type Catalog,
  isModulePath,
  isStrategyPackage,
  loadCatalog,
  PlanError,
  resolveModule,
  strategyKeyword,
} from '@galaxy-mesos/parallelism';
import { mergesFrom, splitFrom } from './files-from.ts';
import { UsageError } from './usage-error.ts';

/** What there is to cut and to join with, where modules of contributors were named. */
export interface Contributions {
  readonly catalog: Catalog;
  /** File URLs. */
  readonly modules: readonly string[];
  /**
   * The names of strategies and merges, in the place of the modules that were named instead, and the files in their
   * parameters as seen from the directory.
   */
  splitOf<Cut extends Split | undefined>(split: Cut): Cut;
  strategyOf(given: string): string;
  mergesOf(merges: readonly OutputMerge[]): OutputMerge[];
}

/** What names strategies and merges. */
interface Naming {
  readonly strategies: readonly string[];
  readonly merges: readonly string[];
}

/** The names that a job, or what is to become one, has. */
export const namesIn = (split: Split | undefined, merges: readonly OutputMerge[]): Naming => ({
  strategies: (split?.alternatives ?? []).flatMap(({ by }) => by.map(({ strategy }) => strategy)),
  merges: merges.flatMap((one) => ('merge' in one ? one.merge : [])),
});

/**
 * Loads what is named and not built in: modules by path, as `./file.js`, or by the name of a package with the keyword of strategies; with `#name` where
 * they have several. Runs their code.
 * @param directory where relative paths begin, and where packages are looked for
 * @throws PlanError INVALID_CONTRIBUTION, UsageError
 */
export async function contributionsOf(
  { strategies, merges }: Naming,
  directory: string,
): Promise<Contributions> {
  const found = await modulesOf([...strategies, ...merges], directory);
  const modules = [...new Set(found.values())];
  const catalog = await loadCatalog(modules);
  const nameOf = async (kind: Kind, given: string): Promise<[string, string]> => {
    const module = found.get(given);
    return [given, module === undefined ? given : nameIn(kind, given, await loadCatalog([module]))];
  };
  const strategyNames = new Map(await Promise.all(strategies.map((given) => nameOf('strategies', given))));
  const mergeNames = new Map(await Promise.all(merges.map((given) => nameOf('merges', given))));
  const strategyOf = (given: string): string => strategyNames.get(given) ?? given;
  return {
    catalog,
    modules,
    strategyOf,
    splitOf: (split) => split && splitFrom(directory, named(split, strategyOf), catalog),
    mergesOf: (given) =>
      mergesFrom(
        directory,
        given.map((one) =>
          'merge' in one ? { ...one, merge: mergeNames.get(one.merge) ?? one.merge } : one,
        ),
        catalog,
      ),
  };
}

const named = <Cut extends Split>(split: Cut, strategyOf: (given: string) => string): Cut => ({
  ...split,
  alternatives: split.alternatives.map((alternative) => ({
    ...alternative,
    by: alternative.by.map((step) => ({ ...step, strategy: strategyOf(step.strategy) })),
  })),
});

/** What there is to cut and to join with, and what is loaded for it. */
export type Loaded = Pick<Contributions, 'catalog' | 'modules'>;

/** A plan that names modules in the place of strategies and merges, with the names of what they bring. */
export async function planWithContributions(
  { split, merges, mergesByOutput = {} }: SplitPlan,
  directory: string,
): Promise<Loaded & { readonly plan: SplitPlan }> {
  const byOutput = Object.entries(mergesByOutput);
  const all = [...(merges ?? []), ...byOutput.flatMap(([, some]) => some)];
  const { catalog, modules, splitOf, mergesOf } = await contributionsOf(namesIn(split, all), directory);
  const plan = {
    split: splitOf(split),
    ...(merges && { merges: mergesOf(merges) }),
    mergesByOutput: Object.fromEntries(byOutput.map(([name, some]) => [name, mergesOf(some)])),
  };
  return { catalog, modules, plan };
}

/** A job that names modules in the place of strategies and merges, with the names of what they bring. */
export async function withContributions(
  job: Job,
  directory: string,
): Promise<{ readonly job: Job; readonly modules: readonly string[] }> {
  const merges = job.outputs.flatMap((output) => output.merges ?? []);
  const found = await contributionsOf(namesIn(job.split, merges), directory);
  const outputs = job.outputs.map((output) =>
    output.merges ? { ...output, merges: found.mergesOf(output.merges) } : output,
  );
  const split = job.split && { split: found.splitOf(job.split) };
  return { job: { ...job, ...split, outputs }, modules: found.modules };
}

type Kind = keyof Catalog;

/** Where the modules are, by how they were named; a name that is none of a package either is left to be told as unknown. */
async function modulesOf(names: readonly string[], directory: string): Promise<ReadonlyMap<string, string>> {
  const modules = new Map<string, string>();
  for (const name of new Set(names)) {
    if (isBuiltIn(name)) continue;
    const [module = ''] = name.split('#');
    if (isModulePath(module)) modules.set(name, await resolveModule(module, directory));
  }
  const known = modules.size === 0 ? builtIn : await loadCatalog([...new Set(modules.values())]);
  const left = [...new Set(names)].filter((name) => !modules.has(name) && !isIn(known, name));
  for (const name of left) {
    const [module = ''] = name.split('#');
    const found = await packageNamed(module, directory, known);
    if (found !== undefined) modules.set(name, found);
  }
  return modules;
}

const isIn = ({ strategies, merges }: Catalog, name: string): boolean =>
  [...strategies, ...merges].some((one) => one.name === name);
const isBuiltIn = (name: string): boolean => isIn(builtIn, name);

/** Only one that says it brings strategies: a slip of the pen must not run the code of whatever has that name. */
async function packageNamed(name: string, directory: string, known: Catalog): Promise<string | undefined> {
  let module: string;
  try {
    module = await resolveModule(name, directory);
  } catch (error) {
    if (error instanceof PlanError) return undefined;
    throw error;
  }
  if (await isStrategyPackage(name, module)) return module;
  const [strategies, merges] = [known.strategies, known.merges].map((some) =>
    some.map((one) => one.name).join(', '),
  );
  throw new UsageError(
    `there is no strategy or merge ${JSON.stringify(name)}; there are the strategies ${strategies}, and the merges ` +
      `${merges} (the package ${name} is not loaded: its package.json has no keyword ${strategyKeyword})`,
  );
}

/** Of a module with several, the one that `#` names. */
function nameIn(kind: Kind, given: string, catalog: Catalog): string {
  const names = catalog[kind].slice(builtIn[kind].length).map(({ name }) => name);
  const [module, wanted] = given.split('#');
  const thing = kind === 'strategies' ? 'strategy' : 'merge';
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const [only, ...others] = names;
  if (wanted === undefined && only !== undefined && others.length === 0) return only;
  const listed = names.length === 0 ? `no ${thing}` : `the ${kind} ${names.join(', ')}`;
  const advice = names.length === 0 ? '' : `; say which, as in ${module}#${only}`;
  throw new UsageError(`${given}: this module brings ${listed}${advice}`);
}
