import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { accessFile } from './access.ts';
import { readDefinition } from './clusters.ts';
import { clusterFile } from './paths.ts';

/**
 * The directory of the cluster in a queue whose master is found by this URL, as `resolveMesosUrl` answers it; undefined
 * if that is no such master: anybody may keep the address of one in a file, and a cluster has its definition beside it.
 * @throws QueueClusterError DAMAGED
 */
export async function directoryOf(url: string): Promise<string | undefined> {
  if (!url.startsWith('file://')) return undefined;
  const directory = directoryWith(fileURLToPath(url));
  if (directory === undefined) return undefined;
  try {
    await readDefinition(directory);
    return directory;
  } catch (error) {
    if (error instanceof QueueClusterError && error.code === 'UNKNOWN_CLUSTER') return undefined;
    throw error;
  }
}

/** The directory of the cluster that this file would be one of the two of that tell where the master is. */
const directoryWith = (file: string): string | undefined =>
  [path.dirname(file), path.dirname(path.dirname(file))].find((directory) =>
    [clusterFile(directory, 'address'), accessFile(directory, 'url')].includes(file),
  );
