import {
  clusterDirectory,
  clustersDirectory,
  QueueClusterError,
  readAddress,
  readDefinition,
  readLauncher,
  readWanted,
} from '@galaxy-mesos/queue-cluster';
import { messageOf } from '../runnerd-error.ts';

/** A cluster in a batch queue, whether it is there or not. */
export interface QueueCluster {
  readonly name: string;
  readonly directory: string;
}

/**
 * The cluster of a name.
 * @throws QueueClusterError INVALID_DEFINITION if none can have it
 */
export const queueCluster = (name: string, environment: NodeJS.ProcessEnv): QueueCluster => ({
  name,
  directory: clusterDirectory(clustersDirectory(environment), name),
});

/** How a cluster stands: `away` is one that nobody has started, or that was taken down. */
export type QueueClusterStanding = 'away' | 'unattended' | 'draining' | 'going-down' | 'coming' | 'up';

/**
 * Looks how a cluster stands. One without a launcher may still have its master and its agents.
 * @throws QueueClusterError DAMAGED
 */
export async function standingOf({ directory }: QueueCluster): Promise<QueueClusterStanding> {
  try {
    await readDefinition(directory);
  } catch (error) {
    if (error instanceof QueueClusterError && error.code === 'UNKNOWN_CLUSTER') return 'away';
    throw error;
  }
  const wanted = await readWanted(directory);
  if (wanted?.state === 'down') return 'going-down';
  const launcher = await readLauncher(directory, Date.now());
  if (!launcher?.isAlive) return wanted?.state === 'draining' ? 'draining' : 'unattended';
  return (await readAddress(directory)) === undefined ? 'coming' : 'up';
}

/**
 * Why the master of a cluster cannot be looked for; undefined: its address is known. `isOurs`: this daemon is to start it
 * where nobody else does.
 */
export async function troubleOf(cluster: QueueCluster, isOurs: boolean): Promise<string | undefined> {
  const { name, directory } = cluster;
  try {
    if ((await readAddress(directory)) !== undefined) {
      // It says where to send all jobs: not if others may have written it.
      await readDefinition(directory);
      return undefined;
    }
    const standing = await standingOf(cluster);
    if (isOurs && (standing === 'away' || standing === 'unattended')) {
      return `the cluster ${name} is being started`;
    }
    switch (standing) {
      case 'away':
        return `there is no cluster ${name} yet: galaxy-mesos cluster up ${name} starts one`;
      case 'unattended':
      case 'draining':
        return `nothing looks after the cluster ${name}: galaxy-mesos cluster up ${name} has it looked after`;
      case 'going-down':
        return `the cluster ${name} is going down`;
      default:
        return `the master of the cluster ${name} is not up yet: galaxy-mesos cluster status ${name} says why`;
    }
  } catch (error) {
    return messageOf(error);
  }
}
