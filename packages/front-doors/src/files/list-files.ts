import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Galaxy's own limit of files found after a run is 10,000; beyond this the answer alone would be huge. */
const mostFiles = 200_000;

/**
 * The files in a directory and in those below it, by their names relative to it. Links to files count as files;
 * links to directories are not followed. A directory that is not there has none.
 */
export async function listFiles(directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of await entriesOf(join(directory, below))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(name);
      else if (await isFile(entry, join(directory, name))) files.push(name);
    }
    if (files.length >= mostFiles) break;
  }
  return files.sort();
}

const isFile = async (entry: Dirent, path: string): Promise<boolean> =>
  !entry.isSymbolicLink() || !(await isDirectory(path));

/** The names in a directory, whatever they are; none if it is not there. */
export const listNames = async (directory: string): Promise<readonly string[]> =>
  (await entriesOf(directory)).map(({ name }) => name).sort();

/** It is not there, or a tool has made it so that nobody gets into it: the other files are there all the same. */
const unlisted: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'ENAMETOOLONG',
  'ELOOP',
]);

async function entriesOf(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (unlisted.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
