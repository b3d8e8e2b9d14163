import type { ClusterDefinition } from '../definition/definition.ts';
import { readDefinition } from './clusters.ts';
import { directoryOf } from './directory-of.ts';

/** What is known of the graphics processors of a cluster before any of its agents is there. */
export interface ClusterGpus {
  /** The name of the cluster. */
  readonly cluster: string;
  /** The most that one of its pilots is to have. */
  readonly most: number;
  /** Whether there may be agents that are none of its pilots: its master was there before. */
  readonly hasOtherAgents: boolean;
}

/**
 * What there is of graphics processors where the master is found by this URL, as `resolveMesosUrl` answers it; undefined
 * if that is not the master of a cluster in a queue.
 * @throws QueueClusterError DAMAGED
 */
export async function clusterGpus(url: string): Promise<ClusterGpus | undefined> {
  const directory = await directoryOf(url);
  return directory === undefined ? undefined : gpusOf(await readDefinition(directory));
}

function gpusOf({ name, pools, master }: ClusterDefinition): ClusterGpus {
  const most = Math.max(0, ...Object.values(pools).map(({ gpus }) => gpus));
  return { cluster: name, most, hasOtherAgents: master.kind === 'existing' };
}
