import { appendFile, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { Catalog } from '@galaxy-mesos/parallelism';
import { messageOf } from '../../job-error.ts';
import { FileJoiner } from './file-joiner.ts';
import { joinMetadata } from './join-metadata.ts';
import type { TreesOrder } from './join-order.ts';
import { missingOutputs } from './missing-outputs.ts';
import { type FailedPart, takeFiles, takenParts } from './taken-parts.ts';
import { entriesOf, type TreeEntry } from './tree-entries.ts';
import { WantedFiles } from './wanted-files.ts';

/**
 * Makes of the trees that the parts of a job have left one that looks as if the job had run whole: streams and outputs
 * are joined in order, and the exit code is the first that is not 0, or 0. What Galaxy does not ask for and what cannot
 * be joined is the first part's, which a line of `job_stderr` tells. If parts have failed, an output that cannot be
 * joined is left out, and keeps nobody from seeing why.
 * @returns which outputs are left out, and why; `undefined` if none is
 * @throws PlanError, FormatError, Error that say which output cannot be joined, and why
 */
export async function joinTrees(
  order: TreesOrder,
  catalog: Catalog,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { destination, jobDirectory, outputs } = order;
  const all = order.trees.map((tree) => tree.path);
  const { trees, failed, skipped } = await takenParts(order);
  const paths = trees.map((tree) => tree.path);
  const parts = trees.map((tree) => order.trees.indexOf(tree) + 1);
  const entries = new Map<string, TreeEntry>();
  await mkdir(destination);
  for (const directory of [layout.outputs, layout.working]) {
    await mkdir(path.join(destination, directory));
    for (const [name, entry] of await entriesOf(paths, directory)) entries.set(name, entry);
  }
  const { lost, notMade } = await missingOutputs({ ...order, parts, entries });
  const wanted = new WantedFiles(jobDirectory, outputs, entries);
  const notes = [...notMade];
  const leftOut = [...lost.values()];
  const joiner = new FileJoiner({ ...order, wanted, notes, catalog, signal });
  for (const [name, entry] of entries) {
    signal.throwIfAborted();
    if (failed === undefined && leftOut.length > 0) break;
    if (lost.has(name)) continue;
    await joinEntry({ trees, destination }, joiner, name, entry).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!wanted.has(name)) throw error;
      leftOut.push(messageOf(error));
    });
  }
  if (failed === undefined && leftOut[0] !== undefined) throw new Error(leftOut[0]);
  await joinMetadata(all, destination);
  await tell(path.join(destination, layout.toolStderr), skipped === '' ? [] : [skipped]);
  await tell(path.join(destination, layout.jobStderr), notes);
  // The exit code last: it tells that all the rest is there.
  await takeFiles(failed?.tree ?? paths[0] ?? '', destination);
  return failed && leftOut.length > 0 ? leftOutWords(leftOut, failed) : undefined;
}

async function tell(file: string, notes: readonly string[]): Promise<void> {
  const text = notes.map((note) => `galaxy-mesos: ${note}\n`).join('');
  if (text !== '') await appendFile(file, text);
}

/** More of them than these say nothing more. */
const mostLeftOut = 10;

function leftOutWords(leftOut: readonly string[], failed: FailedPart): string {
  const more = leftOut.length > mostLeftOut ? `; and ${leftOut.length - mostLeftOut} more` : '';
  const list = leftOut.slice(0, mostLeftOut).join('; ');
  return `${failed.words} has failed, and these outputs could not be joined and are left out: ${list}${more}`;
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
