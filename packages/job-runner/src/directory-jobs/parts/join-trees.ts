import { appendFile, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { Catalog } from '@galaxy-mesos/parallelism';
import { messageOf } from '../../job-error.ts';
import { FileJoiner } from './file-joiner.ts';
import { joinMetadata } from './join-metadata.ts';
import type { TreesOrder } from './join-order.ts';
import { missingOutputs } from './missing-outputs.ts';
import { takeFiles, takenParts } from './taken-parts.ts';
import { entriesOf, type TreeEntry } from './tree-entries.ts';

/**
 * Makes of the trees that the parts of a job have left one that looks as if the job had run whole: streams and outputs
 * are joined in order, and the exit code is the first that is not 0, or 0. What Galaxy does not ask for and what cannot
 * be joined is the first part's, which a line of `job_stderr` tells. If parts have failed, no output that cannot be
 * joined keeps anybody from seeing why.
 * @throws PlanError, FormatError, Error that say which output cannot be joined, and why
 */
export async function joinTrees(order: TreesOrder, catalog: Catalog, signal: AbortSignal): Promise<void> {
  const { destination } = order;
  const all = order.trees.map((tree) => tree.path);
  const { trees, failed, skipped } = await takenParts(order);
  const paths = trees.map((tree) => tree.path);
  const parts = trees.map((tree) => order.trees.indexOf(tree) + 1);
  await mkdir(destination);
  const notes: string[] = [];
  const joiner = new FileJoiner({ ...order, isFailed: failed !== undefined, notes, catalog, signal });
  for (const directory of [layout.outputs, layout.working]) {
    await mkdir(path.join(destination, directory));
    const entries = await entriesOf(paths, directory);
    const { lost, notMade } = await missingOutputs({ ...order, parts, entries });
    const [first] = lost;
    if (first !== undefined && failed === undefined) throw new Error(first);
    notes.push(...lost, ...notMade);
    for (const [name, entry] of entries) {
      signal.throwIfAborted();
      await joinEntry({ trees, destination }, joiner, name, entry);
    }
  }
  await joinMetadata(all, destination);
  if (skipped !== '')
    await appendFile(path.join(destination, layout.toolStderr), `galaxy-mesos: ${skipped}\n`);
  const said = notes.map((note) => `galaxy-mesos: ${note}\n`).join('');
  if (said !== '') await appendFile(path.join(destination, layout.jobStderr), said);
  // The exit code last: it tells that all the rest is there.
  await takeFiles(failed ?? paths[0] ?? '', destination);
}

async function joinEntry(
  { trees, destination }: Pick<TreesOrder, 'trees' | 'destination'>,
  joiner: FileJoiner,
  name: string,
  { kind, trees: having, target }: TreeEntry,
): Promise<void> {
  const place = path.join(destination, name);
  const sources = having.flatMap((index) => trees[index] ?? []);
  try {
    if (kind === 'directory') await mkdir(place);
    else if (kind === 'link') await symlink(target ?? '', place);
    else await joiner.join(name, sources, place);
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}
