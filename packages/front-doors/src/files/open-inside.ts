import { constants, fstatSync, readlinkSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { FrontDoorError } from '../access/front-door-error.ts';
import { shown } from './safe-name.ts';

/** A file that is open for reading, and proven to lie where it may. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a file for reading whatever its path goes through, and gives it out only if it lies inside one of `roots`, or
 * of `trusted`. Tools link outputs to their inputs, so links are followed; one that leads out is refused. A file in the
 * roots with several names (hard links) is refused unless all of them are there: the other name may be a file of the
 * daemon's own, and nothing but its names tells. In a trusted directory no job can make names.
 *
 * The proof is made for the file that is open, not for the path, which a running tool could change in between.
 *
 * @param roots absolute paths of directories
 * @param trusted absolute paths of directories, too
 * @throws FrontDoorError `NOT_FOUND`, `OUTSIDE`, `NOT_A_FILE`
 */
export async function openInside(
  roots: readonly string[],
  path: string,
  trusted: readonly string[] = [],
): Promise<OpenFile> {
  const refuse = (error: unknown): never => {
    throw whyNotOpen(error, path);
  };
  // To open a device or a pipe may do something by itself; and a pipe without a writer would block for ever.
  requireFile(await stat(path).catch(refuse), path);
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(refuse);
  try {
    // Of a file that is open the system knows this without asking a disk or another machine.
    const opened = fstatSync(handle.fd);
    requireFile(opened, path);
    const real = await realPathOf(path, handle, opened);
    if (await isIn(roots, real)) {
      if (opened.nlink > 1) await requireAllNames(roots, path, opened);
    } else if (!(await isIn(trusted, real))) {
      throw leadsOut(path);
    }
    return { handle, size: opened.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function requireFile(found: Stats, path: string): void {
  if (!found.isFile()) throw new FrontDoorError('NOT_A_FILE', `${shown(path)} is no regular file`);
}

/** Whether a path is a directory or lies below it, by their names alone. */
export const isBelow = (directory: string, path: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** Whether a file, by its real path, is in one of the directories, by whatever paths they are known. */
async function isIn(directories: readonly string[], real: string): Promise<boolean> {
  for (const directory of directories) {
    // Most are no links themselves. One that is has nothing below its own name, so that it is looked up then.
    const parent = await realParentOf(dirname(directory));
    if (parent !== undefined && isBelow(join(parent, basename(directory)), real)) return true;
    const surely = await realpath(directory).catch(() => undefined);
    if (surely !== undefined && isBelow(surely, real)) return true;
  }
  return false;
}

/** Directories of directories of jobs that were looked up before. If one is replaced, what is in it is refused. */
const realParents = new Map<string, string>();
const mostRealParents = 1_000;

async function realParentOf(directory: string): Promise<string | undefined> {
  const known = realParents.get(directory);
  if (known !== undefined) return known;
  const real = await realpath(directory).catch(() => undefined);
  if (realParents.size >= mostRealParents) realParents.clear();
  if (real !== undefined) realParents.set(directory, real);
  return real;
}

/** Where the file lies that is open. */
async function realPathOf(path: string, handle: FileHandle, opened: Stats): Promise<string> {
  // Linux tells it of the open file itself, whatever has become of the path.
  if (process.platform === 'linux') return readlinkSync(`/proc/self/fd/${handle.fd}`);
  const real = await realpath(path).catch(() => undefined);
  const now = real === undefined ? undefined : await lstat(real).catch(() => undefined);
  if (real !== undefined && now?.ino === opened.ino && now.dev === opened.dev) return real;
  throw leadsOut(path);
}

const leadsOut = (path: string): FrontDoorError =>
  new FrontDoorError('OUTSIDE', `${shown(path)} leads out of the directory of the job`);

async function requireAllNames(roots: readonly string[], path: string, opened: Stats): Promise<void> {
  let names = 0;
  for (const root of roots) names += await namesOf(root, opened);
  if (names < opened.nlink) {
    throw new FrontDoorError('OUTSIDE', `${shown(path)} is a hard link to a file that is not of the job`);
  }
}

/** How often a file stands in a directory and in those below it. */
async function namesOf(directory: string, file: Stats): Promise<number> {
  let names = 0;
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) names += await namesOf(path, file);
    if (entry.isFile()) {
      const found = await lstat(path).catch(() => undefined);
      if (found?.ino === file.ino && found.dev === file.dev) names += 1;
    }
  }
  return names;
}

function whyNotOpen(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return new FrontDoorError('NOT_FOUND', `there is no file ${shown(path)}`, { cause: error });
    case 'ELOOP':
    case 'ENXIO':
    case 'EISDIR':
      return new FrontDoorError('NOT_A_FILE', `${shown(path)} is no regular file`, { cause: error });
    case 'EACCES':
      return new FrontDoorError('OUTSIDE', `${shown(path)} may not be read`, { cause: error });
    default:
      return error;
  }
}

/** Whether anything is at a path, wherever links lead. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
