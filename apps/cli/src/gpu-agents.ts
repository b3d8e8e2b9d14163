import type { Cluster } from '@galaxy-mesos/drivers';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { ClusterGpus } from '@galaxy-mesos/queue-cluster';
import { UsageError } from './usage-error.ts';

/**
 * Whether the framework of a job is to hear of agents with graphics processors, of which a master says nothing to others:
 * if its tasks ask for such, and in a cluster in a queue that has some, where there may be no other agents.
 * @throws UsageError if its tasks ask for more of them than any agent has
 */
export async function wantsGpuAgents(
  { resources: { gpus = 0 } }: Pick<Job, 'resources'>,
  cluster: Cluster,
): Promise<boolean> {
  if (cluster.kind === 'local') {
    if (gpus > 0) throw new UsageError(`${asked(gpus)}, and this machine offers none: ${whereElse}`);
    return false;
  }
  const there = await gpusOf(cluster.master);
  if (there && gpus > there.most && !there.hasOtherAgents)
    throw new UsageError(`${asked(gpus)}, and ${tooFew(there)}: ${addPool(there.cluster, gpus)}`);
  return gpus > 0 || (there !== undefined && there.most > 0);
}

async function gpusOf(master: string): Promise<ClusterGpus | undefined> {
  if (!master.startsWith('file://')) return undefined;
  const { clusterGpus } = await import('@galaxy-mesos/queue-cluster');
  return clusterGpus(master);
}

const plural = (count: number): string => `${count} graphics processor${count === 1 ? '' : 's'}`;

const asked = (gpus: number): string => `each task asks for ${plural(gpus)}`;

const whereElse = 'say with --mesos, or MESOS_URL, which cluster has some';

const tooFew = ({ cluster, most }: ClusterGpus): string =>
  most === 0
    ? `no pool of the cluster ${cluster} has any`
    : `a pilot of the cluster ${cluster} has ${most} at most`;

const addPool = (cluster: string, gpus: number): string =>
  `give it a pool with "gpus: ${gpus}" (galaxy-mesos cluster up ${cluster} --file ...)`;
