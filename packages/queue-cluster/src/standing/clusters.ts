import { randomBytes } from 'node:crypto';
import { appendFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type ClusterDefinition,
  clusterDefinitionSchema,
  definitionVersion,
} from '../definition/definition.ts';
import { clusterNameSchema } from '../definition/names.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { asSpaceError, createExclusively, makeDirectory, readIfThere, systemCodeOf } from './atomic-file.ts';
import { parseJson, printJson } from './json-file.ts';
import { clusterDirectory, clusterFile, clusterFiles } from './paths.ts';
import { refuseStrangers, refuseStrangersAlong } from './trust.ts';

/**
 * Makes the directory of a new cluster, and answers its path. Of several programs that try, one succeeds.
 * @throws QueueClusterError EXISTS, INVALID_DEFINITION, NO_SPACE; DAMAGED where others could put another in its place
 */
export async function createCluster(clusters: string, definition: ClusterDefinition): Promise<string> {
  const directory = clusterDirectory(clusters, definition.name);
  await makeDirectory(clusters);
  await refuseStrangersAlong(clusters);
  await makeDirectory(clusterFile(directory, 'pilots'));
  const path = clusterFile(directory, 'definition');
  if (await createExclusively(path, printJson(definition))) return directory;
  throw new QueueClusterError('EXISTS', `there is a cluster ${definition.name} already, in ${directory}`);
}

/**
 * The definition of the cluster in this directory.
 * @throws QueueClusterError UNKNOWN_CLUSTER, DAMAGED
 */
export async function readDefinition(directory: string): Promise<ClusterDefinition> {
  const path = clusterFile(directory, 'definition');
  const text = await readIfThere(path);
  if (text === undefined)
    throw new QueueClusterError('UNKNOWN_CLUSTER', `there is no cluster in ${directory}`);
  const { version } = parseJson(path, text, z.looseObject({ version: z.unknown() }));
  if (typeof version === 'number' && version !== definitionVersion) {
    const advice = 'take the cluster down with that one';
    throw new QueueClusterError('DAMAGED', `another version of galaxy-mesos has written ${path}: ${advice}`);
  }
  const definition = parseJson(path, text, clusterDefinitionSchema);
  await refuseStrangers(directory);
  return definition;
}

/** The names of the clusters there are, in the order of the alphabet. */
export async function listClusters(clusters: string): Promise<readonly string[]> {
  const names = await readdir(clusters).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const candidates = names.filter((name) => clusterNameSchema.safeParse(name).success).sort();
  const definitions = await Promise.all(
    candidates.map((name) => readIfThere(join(clusters, name, clusterFiles.definition))),
  );
  return candidates.filter((_, index) => definitions[index] !== undefined);
}

/** What stays of a cluster that has ended: a line in `history.jsonl` beside the directories. */
export interface ClusterHistory {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/**
 * Removes a cluster that has ended, and leaves a line about it. It is gone in one step: whoever wants a cluster of this
 * name from then on makes a new one, and nobody sees half of the old one.
 */
export async function removeCluster(clusters: string, history: ClusterHistory): Promise<void> {
  const directory = clusterDirectory(clusters, history.name);
  const path = join(clusters, 'history.jsonl');
  try {
    await appendFile(path, `${JSON.stringify(history)}\n`, { mode: 0o600 });
  } catch (error) {
    throw asSpaceError(path, error);
  }
  const aside = join(clusters, `${asidePrefix(history.name)}${randomBytes(6).toString('hex')}`);
  await rename(directory, aside);
  await removeUnlessOpen(aside);
}

/** No cluster has a name that begins like this. */
const asidePrefix = (name: string): string => `.${name}.ended-`;

/** Removes what is left of clusters of this name that are gone. True if nothing is. */
export async function removeRemains(clusters: string, name: string): Promise<boolean> {
  const remains = (await readdir(clusters)).filter((each) => each.startsWith(asidePrefix(name)));
  const removed = await Promise.all(remains.map((each) => removeUnlessOpen(join(clusters, each))));
  return removed.every((isRemoved) => isRemoved);
}

/**
 * On a network file system a file that somebody has open, as the launcher its log, stays in the directory under another
 * name, and goes when it is closed. The directory is empty of everything that counts then.
 */
async function removeUnlessOpen(path: string): Promise<boolean> {
  try {
    // What is behind a link as well: somebody may have put the cluster elsewhere.
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
    await rm(path, { recursive: true, force: true });
    return true;
  } catch (error) {
    const code = systemCodeOf(error) ?? '';
    if (code === 'ENOENT') return true;
    if (['ENOTEMPTY', 'EBUSY', 'EEXIST'].includes(code)) return false;
    throw error;
  }
}
