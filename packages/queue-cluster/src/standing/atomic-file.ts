import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QueueClusterError } from '../queue-cluster-error.ts';

/** Directories of clusters are their owner's alone: orders to pilots in them are obeyed. */
const directoryMode = 0o700;
const fileMode = 0o600;

/** The code of a system error such as ENOENT; undefined for any other error. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const spaceWords: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'your quota is used up'],
  ['EFBIG', 'files may not be that large (ulimit -f)'],
]);

/** A full disk as an error that says so; any other error as it is. */
export function asSpaceError(path: string, error: unknown): unknown {
  const what = spaceWords.get(systemCodeOf(error) ?? '');
  if (what === undefined) return error;
  return new QueueClusterError('NO_SPACE', `cannot write ${path}: ${what}; make room there`, {
    cause: error,
  });
}

/** Whether an error is one of the file system's, which may be over when its disk has room, or its server is back. */
export function isPassing(error: unknown): boolean {
  if (error instanceof QueueClusterError) return error.code === 'NO_SPACE';
  return systemCodeOf(error) !== undefined;
}

/**
 * Creates a directory, and those above it that are missing, for its owner alone. Node's own way tries for ever where a
 * directory is refused with ENOENT, as below the mount points of an automounter, and calls a file system that is
 * read-only by that name.
 */
export async function makeDirectory(path: string): Promise<void> {
  const code = await made(path);
  const parent = dirname(path);
  if (code !== 'ENOENT' || parent === path) return;
  await makeDirectory(parent);
  if ((await made(path)) === 'ENOENT')
    throw new Error(`cannot make the directory ${path}: there can be none there`);
}

/** Makes one directory, if it can. What stands there already is looked at by whoever writes into it. */
async function made(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: directoryMode });
    return undefined;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST' || code === 'ENOENT') return code;
    // Some file systems refuse first, and look later.
    if (await isDirectory(path)) return 'EEXIST';
    throw asSpaceError(path, error);
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Flushes a directory, without which a rename in it may be forgotten by a crash of the machine. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot flush directories, and need not.
    if (systemCodeOf(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

/** Writes a new file beside `path` and flushes it; `place` brings it to its name. Nothing is left of a failure. */
async function writeBeside(
  path: string,
  text: string,
  mode: number,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(temporary);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asSpaceError(path, error);
  }
}

/**
 * Replaces a file: whoever reads it sees the old text or the new one, after a crash of the machine too.
 * @throws QueueClusterError NO_SPACE; what the system says otherwise
 */
export function writeAtomically(path: string, text: string, mode: number = fileMode): Promise<void> {
  return writeBeside(path, text, mode, (temporary) => rename(temporary, path));
}

/**
 * Replaces a file as {@link writeAtomically} does, but for a last look, which may throw: then the file is as it was.
 * @throws QueueClusterError NO_SPACE; what the system says otherwise; what `look` throws
 */
export function replaceAfter(path: string, text: string, look: () => Promise<void>): Promise<void> {
  return writeBeside(path, text, fileMode, async (temporary) => {
    await look();
    await rename(temporary, path);
  });
}

/**
 * Creates a file with its text, as one step that only one of several programs succeeds in; on network file systems
 * too. False where there is one already.
 * @throws QueueClusterError NO_SPACE; what the system says otherwise
 */
export async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    await writeBeside(path, text, fileMode, async (temporary) => {
      await link(temporary, path);
      await rm(temporary, { force: true });
    });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
