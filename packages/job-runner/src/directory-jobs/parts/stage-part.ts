import { execFile } from 'node:child_process';
import { copyFile, lstat, mkdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { StagedPart } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { partPath } from '../layout.ts';
import { isDirectory } from '../take-tree.ts';
import { removeAll } from '../trash.ts';
import { isPartKept } from './keep-part.ts';

const namesSchema = z.array(z.string());

/** The parts that are being cut, by their places: several may ask for one. */
const making = new Map<string, Promise<void>>();

/**
 * The slices of a part for attempts that do not see the inputs: cut when they are first asked for, and kept until the
 * job is delivered. `undefined` for a job that runs whole.
 */
export async function stagePart(controlDirectory: string, name: string): Promise<StagedPart | undefined> {
  if (!isPartKept(controlDirectory, name)) return undefined;
  const script = partPath(controlDirectory, name);
  const directory = `${script}.slices`;
  const made = making.get(directory) ?? makeSlices(script, directory);
  making.set(directory, made);
  try {
    await made;
  } finally {
    making.delete(directory);
  }
  return {
    directory,
    names: new Set(namesSchema.parse(JSON.parse(await readFile(`${script}.json`, 'utf8')))),
  };
}

async function makeSlices(script: string, directory: string): Promise<void> {
  if (await isDirectory(directory)) return;
  const unfinished = `${directory}.unfinished`;
  await removeAll([unfinished]);
  await mkdir(unfinished);
  await promisify(execFile)('/bin/bash', ['-c', '. "$1"', 'cut', script], { cwd: unfinished });
  const names = namesSchema.parse(JSON.parse(await readFile(`${script}.json`, 'utf8')));
  for (const name of names) await putFileInPlace(path.join(unfinished, name));
  await rename(unfinished, directory);
}

/** A slice that is a whole file is a link, and none is followed out of the directory by those who read there. */
async function putFileInPlace(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isSymbolicLink()) return;
  const target = await readlink(file);
  await rm(file);
  await copyFile(target, file);
}
