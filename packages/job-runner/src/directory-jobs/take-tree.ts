import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './code-of.ts';
import { attemptsPath, claimFile, preparedAttempt } from './layout.ts';
import { readStart } from './read-start.ts';

/** Where an attempt lies once its files are to be delivered. */
interface TakenTree {
  /** The directory of the attempt, without the tree. */
  readonly attempt: string;
  /** Where it worked, or where its files arrived; until then its last name is that of the job directory. */
  readonly tree: string;
}

/** Where {@link takeTree} takes the tree of an attempt. */
export const takenTree = (controlDirectory: string, attemptId: string): TakenTree => ({
  attempt: path.join(controlDirectory, `attempt-${attemptId}`),
  tree: path.join(controlDirectory, `tree-${attemptId}`),
});

/**
 * Takes the tree of an attempt out of the directories of the job's user, who could else put a link in its place, also
 * while it is looked at: this process may be able to read, and to move, what that user is not. Where it is then, only
 * this process makes names; in it nothing can be relied on. May be done again.
 * @returns whether there is a tree
 * @throws Error if something else is there
 */
export async function takeTree(
  controlDirectory: string,
  attemptId: string,
  jobDirectory: string,
): Promise<boolean> {
  const { attempt, tree } = takenTree(controlDirectory, attemptId);
  // Renaming a link takes the link, whatever it leads to; but of a path that goes through one it takes what is there.
  return (
    (await take(await placeOf(controlDirectory, attemptId), attempt)) &&
    (await take(path.join(attempt, path.basename(jobDirectory)), tree))
  );
}

/** Where an attempt works. */
export async function placeOf(controlDirectory: string, attemptId: string): Promise<string> {
  const attempts = attemptsPath(controlDirectory);
  const claim = path.join(attempts, preparedAttempt, claimFile);
  const bytes = Buffer.from(attemptId);
  const isPrepared = (await readStart(claim, bytes.length + 1)) === bytes.toString('latin1');
  return path.join(attempts, isPrepared ? preparedAttempt : attemptId);
}

async function take(source: string, target: string): Promise<boolean> {
  const isThere = (await isDirectory(target)) !== undefined || (await renameIfThere(source, target));
  if (!isThere) return false;
  if (await isDirectory(target)) return true;
  throw new Error(`the task has put something else in the place of the directory ${source}`);
}

/** Whether there is a directory, and no link to one; `undefined` if there is nothing. */
export async function isDirectory(file: string): Promise<boolean | undefined> {
  try {
    return (await lstat(file)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function renameIfThere(source: string, target: string): Promise<boolean> {
  try {
    await rename(source, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
