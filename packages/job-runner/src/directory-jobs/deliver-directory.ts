import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { JobError, messageOf } from '../job-error.ts';
import { codeOf } from './code-of.ts';
import { copyAsOwner } from './copy-as-owner.ts';
import { attemptsPath, deliveredDirectories, partsPath, returnCodeFile } from './layout.ts';
import { readStart } from './read-start.ts';
import { isDirectory, takenTree, takeTree } from './take-tree.ts';
import { removeAll, Trash } from './trash.ts';
import { writeOut, writeOutDirectory } from './write-out.ts';

/** What came of a directory job. */
export interface DeliveredDirectory {
  /** What the job script ended with. */
  readonly exitCode: number | undefined;
}

/**
 * Puts what an attempt has made in the place of what the job directory had: all of `working`, `outputs` and
 * `metadata`, and the files beside them. It is on the disk when this resolves, and all trees are gone.
 *
 * Every step is a rename, and what was done is no longer in the tree: called again after it was cut short, wherever
 * that was, it does the rest. Nothing is moved or removed any more once the signal fires.
 * @throws JobError `DELIVERY`
 */
export async function deliverDirectory(
  job: Job,
  controlDirectory: string,
  attemptId: string,
  signal?: AbortSignal,
): Promise<DeliveredDirectory> {
  const directory = job.directory ?? '';
  const { attempt, tree } = takenTree(controlDirectory, attemptId);
  try {
    const parts = (await takeTree(controlDirectory, attemptId, directory)) ? await partsOf(tree) : undefined;
    if (parts) {
      await writeOut(tree, parts);
      for (const name of parts) {
        signal?.throwIfAborted();
        await movePart(tree, directory, name);
      }
      await writeOutDirectory(directory);
    }
    const exitCode = await readExitCode(directory, parts !== undefined);
    signal?.throwIfAborted();
    await removePassing(directory);
    // What was delivered last: as long as it is there, nobody joins what parts have made once more.
    const others = [attemptsPath(controlDirectory), partsPath(controlDirectory)];
    await removeTrees(controlDirectory, [...others, tree, attempt]);
    return { exitCode };
  } catch (error) {
    const words = `the files of the attempt ${attemptId} could not be moved into place: ${messageOf(error)}`;
    throw new JobError('DELIVERY', directory, words, error);
  }
}

const isDelivered = (name: string): boolean => deliveredDirectories.some((delivered) => delivered === name);

/** Of a tree what is to be delivered: the exit code last, since it tells that the rest was. */
async function partsOf(tree: string): Promise<readonly string[]> {
  const entries = await readdir(tree, { withFileTypes: true });
  const names = entries.filter((entry) =>
    entry.isDirectory() ? isDelivered(entry.name) : entry.isFile() || entry.isSymbolicLink(),
  );
  const rank = ({ name }: { readonly name: string }) => (name === returnCodeFile ? 1 : 0);
  return names.sort((one, other) => rank(one) - rank(other)).map(({ name }) => name);
}

async function movePart(tree: string, directory: string, name: string): Promise<void> {
  const source = path.join(tree, name);
  try {
    await putInPlace(source, directory, name);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await copyInPlace(source, directory, name);
  }
  // A task that still runs may have put a link there since it was looked at.
  const target = path.join(directory, name);
  if (!isDelivered(name) || (await isDirectory(target)) === true) return;
  await removeAll([target]);
  throw new Error(`the task has put something else in the place of the directory ${name}`);
}

const passingPrefix = '.galaxy-mesos-';

/** The name of something that is only there while a part is put in its place. */
const passing = (directory: string, name: string, what: string): string =>
  path.join(directory, `${passingPrefix}${what}-${name}`);

/** What an earlier delivery has left that was cut short. */
async function removePassing(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((name) => name.startsWith(passingPrefix));
  await removeAll(left.map((name) => path.join(directory, name)));
}

/** A directory takes no place that is not empty: what was there steps aside first. */
async function putInPlace(source: string, directory: string, name: string): Promise<void> {
  const target = path.join(directory, name);
  try {
    await rename(source, target);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    const replaced = passing(directory, name, 'replaced');
    await removeAll([replaced]);
    await rename(target, replaced);
    await rename(source, target);
  }
}

/** To another file system: whole beside its place first, and the source goes when the copy is on the disk. */
async function copyInPlace(source: string, directory: string, name: string): Promise<void> {
  const arriving = passing(directory, name, 'arriving');
  await removeAll([arriving]);
  await mkdir(arriving);
  await copyAsOwner(source, arriving);
  await writeOut(arriving, [name]);
  await putInPlace(path.join(arriving, name), directory, name);
  await writeOutDirectory(directory);
  await removeAll([source]);
}

/** With blanks and a line feed. */
const longestExitCode = 32;

async function readExitCode(directory: string, hasTree: boolean): Promise<number | undefined> {
  const file = path.join(directory, returnCodeFile);
  const text = await readStart(file, longestExitCode);
  // An attempt that was ended tells none.
  if (text === undefined && !hasTree) throw new Error(`neither its tree nor ${file} is there`);
  if (text === undefined) return undefined;
  return /^-?\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}

const trash = new Trash();

/**
 * An attempt that was given up may still write. Under another name it cannot make its tree anew, and what it puts into
 * it meanwhile goes with the control directory, when the job is removed.
 */
async function removeTrees(controlDirectory: string, trees: readonly string[]): Promise<void> {
  for (const tree of trees) {
    const abandoned = path.join(controlDirectory, `abandoned-${randomUUID()}`);
    try {
      await rename(tree, abandoned);
      trash.add(abandoned);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}
