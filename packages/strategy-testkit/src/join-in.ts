import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  builtIn,
  type Catalog,
  type JoinPart,
  type MergeChoice,
  mergeNamed,
  readyMerge,
} from '@galaxy-mesos/parallelism';
import { inShell } from './carry-out.ts';

/** What is to be joined. */
export interface Join {
  readonly parts: readonly JoinPart[];
  readonly catalog?: Catalog | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Joins as the runner does, in a directory that is made for it. Answers the bytes of the result; of a directory, those
 * of a list of its files with what they hold.
 */
export async function joinIn(directory: string, choice: MergeChoice, join: Join): Promise<Buffer> {
  const { parts, catalog = builtIn, signal } = join;
  const ready = readyMerge(choice, catalog);
  await mkdir(directory);
  const destination = path.join(directory, 'merged');
  if (ready.kind === 'here') {
    await ready.join({ parts, destination, signal });
  } else {
    await writeFile(path.join(directory, 'parts.list'), parts.map((part) => `${part.path}\0`).join(''));
    await inShell(ready.command, directory);
  }
  const isDirectory = mergeNamed(choice.merge, catalog).makes === 'directory';
  return isDirectory ? listing(destination) : readFile(destination);
}

async function listing(directory: string): Promise<Buffer> {
  const names = (await readdir(directory, { recursive: true })).sort();
  const files: string[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    if ((await stat(file)).isFile()) files.push(`${name}\n${(await readFile(file)).toString('latin1')}`);
  }
  return Buffer.from(files.join('\n'), 'latin1');
}
