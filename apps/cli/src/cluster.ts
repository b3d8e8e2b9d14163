import { type Cluster, clusterOf } from '@galaxy-mesos/drivers';
import { messageOf } from './report-error.ts';
import { UsageError } from './usage-error.ts';

/**
 * The cluster that `--mesos` names, or else the environment. One that was started in a queue (`cluster:NAME`) is the
 * file in which its launcher keeps the master's address; what that wants to see comes from the same directory.
 * @throws UsageError
 */
export async function chosenCluster(
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Cluster> {
  const source = option === undefined ? 'MESOS_URL' : '--mesos';
  const given = option ?? fromEnvironment(environment);
  if (given?.trim().startsWith('cluster:')) return clusterInQueue(given, source, environment);
  try {
    return await withCredential(clusterOf(given, source), environment);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/**
 * With the credential in the file that the environment names, as that of a task does where its cluster wants one. That of
 * a cluster is for that cluster's master, any other for the master that the environment names beside it.
 */
async function withCredential(
  cluster: Cluster,
  { GALAXY_MESOS_CREDENTIAL_FILE: credentialFile, MESOS_URL: url }: NodeJS.ProcessEnv,
): Promise<Cluster> {
  if (!credentialFile || cluster.kind === 'local') return cluster;
  const { credentialForMaster, directoryOfCredential } = await import('@galaxy-mesos/queue-cluster');
  const named = url?.trim() ?? '';
  const isForNamed = directoryOfCredential(credentialFile) === undefined && !['', 'local'].includes(named);
  if (isForNamed && cluster.master !== named) return cluster;
  const credential = await credentialForMaster(credentialFile, cluster.master);
  return credential === undefined ? cluster : { ...cluster, credential, credentialFile };
}

/** `galaxy-mesos cluster run` tells foreign programs the address, and this one the name, by which it can be followed. */
function fromEnvironment({ MESOS_URL, GALAXY_MESOS_CLUSTER }: NodeJS.ProcessEnv): string | undefined {
  return MESOS_URL && GALAXY_MESOS_CLUSTER ? `cluster:${GALAXY_MESOS_CLUSTER}` : MESOS_URL;
}

async function clusterInQueue(url: string, source: string, environment: NodeJS.ProcessEnv): Promise<Cluster> {
  const { clusterDirectory, clustersDirectory, lastingMasterAccess, resolveMesosUrl } = await import(
    '@galaxy-mesos/queue-cluster'
  );
  try {
    await resolveMesosUrl(url, environment);
    const name = url.trim().slice('cluster:'.length);
    return { kind: 'mesos', ...lastingMasterAccess(clusterDirectory(clustersDirectory(environment), name)) };
  } catch (error) {
    throw new UsageError(`${source} ${url.trim()}: ${messageOf(error)}`, { cause: error });
  }
}
