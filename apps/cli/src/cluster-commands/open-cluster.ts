import {
  type ClusterDefinition,
  changeCluster,
  changeWanted,
  checkAccess,
  clusterDirectory,
  createCluster,
  knownCluster,
  listClusters,
  readDefinition,
  readWanted,
  type Wanted,
  type WantedPool,
} from '@galaxy-mesos/queue-cluster';
import { UsageError } from '../usage-error.ts';
import { changesTo, refuseEnding, sizesOf, takeChanges } from './changed-cluster.ts';
import { type DescriptionOptions, describedCluster } from './described-cluster.ts';

/** A cluster that is to be up. */
export interface OpenedCluster {
  readonly directory: string;
  readonly definition: ClusterDefinition;
  /** Whether this command has made it. */
  readonly isNew: boolean;
  /** When that was said that it is wanted. */
  readonly wantedAt: number;
  /** What this command has changed of it. */
  readonly changes: readonly string[];
}

/**
 * Finds the cluster, or makes it by what options and files say, and says that it is wanted. One that is there becomes
 * what is described, if anything is.
 * @throws UsageError if it cannot become that while it lives, or if nothing says what it is to be
 */
export async function openCluster(
  clusters: string,
  name: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedCluster> {
  const { directory, described, isNew } = await findOrMake(clusters, name, options, environment);
  let changes: readonly string[] = [];
  const { definition, wanted } = await changeCluster(directory, (before, at) => {
    refuseEnding(name, before.wanted);
    const after = described ?? before.definition;
    changes = changesTo(before.definition, after);
    const pools = before.wanted ? sizesOf(before.definition, after, before.wanted) : poolsOf(after);
    const said: Wanted = { state: 'up', pools: described ? withFirst(pools, after) : pools, at };
    return { definition: after, wanted: said };
  });
  const wantedAt = wanted.at;
  return { directory, definition: resized(definition, wanted.pools), isNew, wantedAt, changes };
}

/**
 * Finds the cluster of which this process is to be the launcher, or makes it. What is wanted of one that is there stays
 * as it is, but for what is described otherwise: launchers are started again by no person's will. Answers what changes.
 * @throws UsageError if it cannot become that while it lives, or if nothing says what it is to be
 */
export async function openForLauncher(
  clusters: string,
  name: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { directory, described } = await findOrMake(clusters, name, options, environment);
  const wanted = await changeWanted(directory, (before, at) => {
    if (before || !described) return undefined;
    return { state: 'up', pools: withFirst(poolsOf(described), described), at };
  });
  return described && wanted?.state !== 'down' ? (await takeChanges(directory, described)).changes : [];
}

/**
 * A cluster that is there, with as much of it wanted as people have said: programs that see to it that it has a launcher
 * say nothing new.
 * @throws UsageError if it is going down
 */
export async function openAsItIs(clusters: string, name: string): Promise<OpenedCluster> {
  const directory = await knownCluster(clusters, name);
  const wanted = await readWanted(directory);
  refuseEnding(name, wanted);
  const definition = resized(await readDefinition(directory), wanted?.pools ?? {});
  return { directory, definition, isNew: false, wantedAt: wanted?.at ?? 0, changes: [] };
}

/** Whether anything is said of what a cluster is to be. */
export const isDescribed = (options: DescriptionOptions): boolean =>
  Object.values(options).some((value) => value !== undefined);

/** The cluster, and what it is to be, if anything says so; one that is new is that. */
async function findOrMake(
  clusters: string,
  name: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<{
  readonly directory: string;
  readonly described: ClusterDefinition | undefined;
  readonly isNew: boolean;
}> {
  const directory = clusterDirectory(clusters, name);
  const isThere = (await listClusters(clusters)).includes(name);
  if (!isThere && !isDescribed(options)) {
    const example = '--on slurm --agents 10 --cpus 8 --mem 32G --walltime 8h, or --file cluster.yaml';
    throw new UsageError(`there is no cluster ${name} yet; say what it is to be: ${example}`);
  }
  const described = isDescribed(options) ? describedCluster(name, options, environment) : undefined;
  if (described && !isThere) {
    await checkAccess(described);
    await createCluster(clusters, described);
  }
  return { directory, described, isNew: !isThere };
}

const poolsOf = ({ pools }: ClusterDefinition): Wanted['pools'] =>
  Object.fromEntries(Object.entries(pools).map(([name, { min, max }]) => [name, { min, max }]));

/** Pools whose size is as it is defined begin with as many agents as are defined. */
const withFirst = (pools: Wanted['pools'], definition: ClusterDefinition): Wanted['pools'] =>
  Object.fromEntries(
    Object.entries(pools).map(([name, pool]) => {
      const defined = definition.pools[name];
      const isAsDefined = pool.min === defined?.min && pool.max === defined.max;
      return [name, isAsDefined && defined.agents > pool.min ? { ...pool, first: defined.agents } : pool];
    }),
  );

/** The definition with as many agents as were asked for since. */
const resized = (definition: ClusterDefinition, wanted: Wanted['pools']): ClusterDefinition => ({
  ...definition,
  pools: Object.fromEntries(
    Object.entries(definition.pools).map(([name, pool]) => {
      const { min, max, first }: WantedPool = wanted[name] ?? pool;
      return [name, { ...pool, min, max, agents: Math.max(first ?? 0, min) }];
    }),
  ),
});
