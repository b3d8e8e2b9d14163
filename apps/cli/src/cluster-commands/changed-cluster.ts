import {
  type ClusterDefinition,
  changeCluster,
  changesOf,
  type Wanted,
  type WantedPool,
} from '@galaxy-mesos/queue-cluster';
import { UsageError } from '../usage-error.ts';

/** What has come of another description of a cluster that is there. */
export interface Changed {
  readonly definition: ClusterDefinition;
  /** A line for each thing that changes. */
  readonly changes: readonly string[];
}

/**
 * Has a cluster that is there be as it is described, and changes nothing else of what is wanted of it. Nothing is done
 * where it is so already.
 * @throws UsageError if it cannot become that while it lives, or is going down
 */
export async function takeChanges(directory: string, described: ClusterDefinition): Promise<Changed> {
  let changes: readonly string[] = [];
  await changeCluster(directory, ({ definition, wanted }, at) => {
    changes = changesTo(definition, described);
    if (changes.length === 0) return undefined;
    refuseEnding(definition.name, wanted);
    const state = wanted?.state ?? 'up';
    return { definition: described, wanted: { state, pools: sizesOf(definition, described, wanted), at } };
  });
  return { definition: described, changes };
}

/**
 * What a description changes of a cluster that is there.
 * @throws UsageError if it cannot become that while it lives
 */
export function changesTo(before: ClusterDefinition, after: ClusterDefinition): readonly string[] {
  const { changes, refusals } = changesOf(before, after);
  if (refusals.length === 0) return changes;
  const { name } = before;
  const kept = `the cluster ${name} is there, and while it lives it keeps ${refusals.join('; ')}`;
  throw new UsageError(
    `${kept}. Say it as it is, or end the cluster first: galaxy-mesos cluster down ${name}`,
  );
}

/** @throws UsageError if the cluster is going down */
export function refuseEnding(name: string, wanted: Wanted | undefined): void {
  if (wanted?.state !== 'down') return;
  throw new UsageError(`the cluster ${name} is going down; wait for that: galaxy-mesos cluster down ${name}`);
}

/** How many pilots are wanted: as many as are described where that is new, else as many as people have said since. */
export function sizesOf(
  before: ClusterDefinition,
  after: ClusterDefinition,
  wanted: Wanted | undefined,
): Wanted['pools'] {
  return Object.fromEntries(
    Object.entries(after.pools).map(([name, { agents, min, max }]): [string, WantedPool] => {
      const was = before.pools[name];
      const isSame = was?.agents === agents && was.min === min && was.max === max;
      const said = isSame ? wanted?.pools[name] : undefined;
      return [name, said ?? (isSame || agents <= min ? { min, max } : { min, max, first: agents })];
    }),
  );
}
