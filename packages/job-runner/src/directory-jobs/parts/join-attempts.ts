import { chown, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { ChildProgram } from '../../child/child-program.ts';
import type { FileOwner } from '../../deliver-as.ts';
import { keepFile } from '../../job-directory.ts';
import { JobError } from '../../job-error.ts';
import { codeOf } from '../code-of.ts';
import { attemptsPath } from '../layout.ts';
import { isDirectory, placeOf, takenTree } from '../take-tree.ts';
import { Trash } from '../trash.ts';
import { type PartTree, type TreesEnd, type TreesOrder, treesEndSchema } from './join-order.ts';
import type { StrategyMerge } from './strategy-merges.ts';

/** In the place of an attempt's id: what the attempts that won are joined to, which is delivered like one. */
export const joinedAttempt = 'joined';

/** The attempt that did a part. */
export interface PartAttempt extends Omit<PartTree, 'path'> {
  readonly attemptId: string;
}

/** What {@link joinAttempts} is asked to do. */
export interface AttemptsJoin {
  readonly job: Job;
  readonly controlDirectory: string;
  /** One for each part, in order. */
  readonly attempts: readonly PartAttempt[];
  readonly modules: readonly string[];
  /** See {@link mergesOfFormats}. */
  readonly strategyMerges: readonly StrategyMerge[];
  /** As whom it is done; absent: as the user of this process. */
  readonly owner: FileOwner | undefined;
  readonly signal: AbortSignal;
}

/** Where joins go on that have not come to their end, beside the directory of the attempts. */
const unfinishedPrefix = 'joining-';

/** Why outputs are missing in what was joined; it is there for as long as the job is. */
const leftOutPath = (controlDirectory: string): string => path.join(controlDirectory, 'left-out');

const trash = new Trash();

/**
 * Makes of what attempts at the parts of a job have left one tree more, which is there when it is whole, and where
 * {@link joinedAttempt} lies once it is taken: the user whose job it is makes no names there, and may do as he likes
 * where the attempts are.
 * @throws JobError `JOIN`
 */
export async function joinAttempts(join: AttemptsJoin): Promise<void> {
  const { controlDirectory, owner } = join;
  const { attempt } = takenTree(controlDirectory, joinedAttempt);
  // Joined already; where there is nothing any more, all of it was delivered.
  if ((await isDirectory(attempt)) || (await isDirectory(attemptsPath(controlDirectory))) === undefined)
    return;
  await throwAwayUnfinished(controlDirectory);
  const place = await mkdtemp(path.join(controlDirectory, unfinishedPrefix));
  if (owner) await chown(place, owner.uid, owner.gid);
  const leftOut = await joinTo(place, join);
  if (leftOut === undefined) await rm(leftOutPath(controlDirectory), { force: true });
  else await keepFile(leftOutPath(controlDirectory), leftOut);
  await rename(place, attempt);
}

/** Which outputs that Galaxy asks for are not in what {@link joinAttempts} has joined, and why; `undefined` if all are. */
export async function leftOutOf(controlDirectory: string): Promise<string | undefined> {
  try {
    return await readFile(leftOutPath(controlDirectory), 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

async function throwAwayUnfinished(controlDirectory: string): Promise<void> {
  const names = await readdir(controlDirectory);
  for (const name of names.filter((found) => found.startsWith(unfinishedPrefix))) {
    trash.add(path.join(controlDirectory, name));
  }
}

async function joinTo(place: string, join: AttemptsJoin): Promise<string | undefined> {
  const { job, controlDirectory, attempts, modules, strategyMerges, owner, signal } = join;
  const { directory: jobDirectory = '', outputs, split } = job;
  const name = path.basename(jobDirectory);
  const trees: PartTree[] = [];
  for (const { attemptId, ...part } of attempts) {
    trees.push({ ...part, path: path.join(await placeOf(controlDirectory, attemptId), name) });
  }
  const destination = path.join(place, name);
  const skipFailed = split?.failedParts === 'skip';
  const order: TreesOrder = {
    trees,
    destination,
    jobDirectory,
    outputs,
    strategyMerges,
    skipFailed,
    modules,
  };
  const options = { does: 'joins what the parts have made', signal, owner };
  const program = new ChildProgram('directory-jobs/parts/join-trees-program', order, options);
  let end: TreesEnd = { message: 'the program that joins has not said whether it could' };
  for await (const told of program.told()) end = endOf(told);
  if (end.message !== undefined) throw new JobError('JOIN', jobDirectory, end.message);
  return end.leftOut;
}

function endOf(told: unknown): TreesEnd {
  const { data } = treesEndSchema.safeParse(told);
  return data ?? { message: 'the program that joins has said something that is no end of a join' };
}
