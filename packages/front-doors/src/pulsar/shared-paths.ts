import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { RequestedSplit } from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { isBelow } from '../files/open-inside.ts';
import { shown } from '../files/safe-name.ts';

/**
 * Whether a path is below one of the directories, and so is what links on its way lead to: this process may be able to
 * read what whoever made them is not. False if there is nothing.
 */
export async function isReallyBelow(directories: readonly string[], path: string): Promise<boolean> {
  const real = await realPathOf(path);
  if (real === undefined) return false;
  for (const directory of directories) {
    const root = await realPathOf(directory);
    if (root !== undefined && isBelow(root, real)) return true;
  }
  return false;
}

/**
 * Strategies and merges read files that their parameters name, such as lists of regions; who sends a job may name those
 * that are shared, and the administrator, in the rules for tools, any.
 *
 * @param directories where files may be, the job's own among them
 * @throws FrontDoorError `OUTSIDE`
 */
export async function refusePathsElsewhere(
  requested: RequestedSplit,
  usual: RequestedSplit | undefined,
  directories: readonly string[],
): Promise<void> {
  const trusted = new Set(pathsIn(usual));
  for (const path of pathsIn(requested)) {
    if (trusted.has(path) || (await isReallyBelow(directories, path))) continue;
    // What is not there is for the strategy to say, and may be no path at all.
    if ((await realPathOf(path)) === undefined) continue;
    const message = `submit_strategy: the parameters name ${shown(path)}, which is not in a directory that the configuration of the daemon names as shared (pulsar.shared_directories), or a link leads out of it`;
    throw new FrontDoorError('OUTSIDE', message, { fields: [{ field: 'submit_strategy', message }] });
  }
}

const realPathOf = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);

/** All texts that can be absolute paths. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return isAbsolute(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(pathsIn);
}
