import { pathToFileURL } from 'node:url';
import { describeAbsence } from './attendance.ts';
import { readLauncher } from './journal/index.ts';
import { QueueClusterError } from './queue-cluster-error.ts';
import {
  clusterDirectory,
  clusterFile,
  clustersDirectory,
  listClusters,
  readAddress,
  readDefinition,
} from './standing/index.ts';

const prefix = 'cluster:';

/**
 * What Mesos's own clients can be given for a MESOS_URL: the file with the master's address for `cluster:NAME`, since
 * the master may move; any other as it is.
 * @throws QueueClusterError UNKNOWN_CLUSTER; NO_LAUNCHER; MASTER if it is not up yet; INVALID_DEFINITION, DAMAGED
 */
export async function resolveMesosUrl(
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const text = url?.trim();
  if (!text?.startsWith(prefix)) return url;
  const name = text.slice(prefix.length);
  const clusters = clustersDirectory(environment);
  await attendedAddress(clusters, name);
  return pathToFileURL(clusterFile(clusterDirectory(clusters, name), 'address')).href;
}

/**
 * Where the master of a cluster is that somebody looks after, as frameworks are told: of one that speaks TLS the URL.
 * @throws QueueClusterError UNKNOWN_CLUSTER; NO_LAUNCHER; MASTER if it is not up yet; INVALID_DEFINITION, DAMAGED
 */
export async function attendedAddress(clusters: string, name: string): Promise<string> {
  const directory = await knownCluster(clusters, name);
  const launcher = await readLauncher(directory, Date.now());
  const absence = launcher?.isAlive ? undefined : describeAbsence(name, launcher);
  if (absence !== undefined) throw new QueueClusterError('NO_LAUNCHER', absence);
  const address = await readAddress(directory);
  const { master } = await readDefinition(directory);
  if (address !== undefined)
    return master.kind === 'existing' && /^https:/i.test(master.url) ? master.url : address;
  const advice = `galaxy-mesos cluster status ${name} tells what it waits for`;
  throw new QueueClusterError('MASTER', `the master of the cluster ${name} is not up yet; ${advice}`);
}

/**
 * The directory of a cluster that is there.
 * @throws QueueClusterError UNKNOWN_CLUSTER, which names those there are; INVALID_DEFINITION, DAMAGED
 */
export async function knownCluster(clusters: string, name: string): Promise<string> {
  const directory = clusterDirectory(clusters, name);
  try {
    await readDefinition(directory);
    return directory;
  } catch (error) {
    if (!(error instanceof QueueClusterError && error.code === 'UNKNOWN_CLUSTER')) throw error;
    const names = await listClusters(clusters);
    const there = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
    throw new QueueClusterError('UNKNOWN_CLUSTER', `there is no cluster ${name} in ${clusters}; ${there}`);
  }
}
