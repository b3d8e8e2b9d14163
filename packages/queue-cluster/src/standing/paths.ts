import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { clusterNameSchema } from '../definition/names.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';

/**
 * Where clusters have their directories: GALAXY_MESOS_CLUSTERS, else `galaxy-mesos/clusters` below XDG_STATE_HOME or
 * `~/.local/state`. The nodes of the queue must see it under the same path.
 */
export function clustersDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const { GALAXY_MESOS_CLUSTERS: given, XDG_STATE_HOME: state } = environment;
  if (given) return resolve(given);
  // The specification of XDG has relative paths ignored.
  const base =
    state && isAbsolute(state) ? state : join(environment.HOME || userInfo().homedir, '.local', 'state');
  return join(base, 'galaxy-mesos', 'clusters');
}

/**
 * The directory of a cluster, whether it is there or not.
 * @throws QueueClusterError INVALID_DEFINITION if no cluster can have this name
 */
export function clusterDirectory(clusters: string, name: string): string {
  const parsed = clusterNameSchema.safeParse(name);
  if (parsed.success) return join(clusters, parsed.data);
  const shown = JSON.stringify(name.slice(0, 60));
  const expected = parsed.error.issues[0]?.message;
  throw new QueueClusterError('INVALID_DEFINITION', `a cluster cannot be called ${shown}: ${expected}`);
}

/** The files of a cluster's directory. */
export const clusterFiles = {
  definition: 'cluster.json',
  wanted: 'wanted.json',
  demand: 'demand',
  journal: 'journal.jsonl',
  lock: 'lock',
  address: 'address',
  access: 'access',
  view: 'view.json',
  beat: 'beat',
  log: 'launcher.log',
  master: 'master',
  pilots: 'pilots',
} as const;

/** One of {@link clusterFiles} in a cluster's directory. */
export function clusterFile(directory: string, file: keyof typeof clusterFiles): string {
  return join(directory, clusterFiles[file]);
}

/** The directory of a pilot. */
export function pilotDirectory(directory: string, pilot: string): string {
  return join(clusterFile(directory, 'pilots'), pilot);
}
