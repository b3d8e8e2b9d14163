import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import { attemptsPath, preparedAttempt } from './layout.ts';

/** Made beside the directory that is there first. */
const directories = [
  layout.inputs,
  layout.working,
  layout.outputs,
  layout.configs,
  layout.toolFiles,
  layout.metadata,
  layout.tmp,
];

/** More of them are made sooner by a program, and other jobs wait for this process. */
const mostLinks = 100;

/**
 * Makes of the tree of a job's first attempt what takes programs there that start longer than they run: the directories
 * and the links to inputs. The attempt makes what is missing, be it all of it, and inputs that arrive later.
 */
export async function prepareTree(jobDirectory: string, controlDirectory: string): Promise<void> {
  const tree = path.join(attemptsPath(controlDirectory), preparedAttempt, path.basename(jobDirectory));
  await mkdir(path.join(tree, layout.home), { recursive: true });
  const inputs = path.join(jobDirectory, layout.inputs);
  // Nothing goes on when this has ended: an attempt may begin.
  const [listed] = await Promise.allSettled([
    readdir(inputs, { withFileTypes: true, encoding: 'buffer' }),
    ...directories.map((name) => mkdir(path.join(tree, name))),
  ]);
  if (listed.status === 'rejected' || listed.value.length > mostLinks) return;
  // A directory among them is to be a directory full of links.
  const linked = listed.value.filter((entry) => !entry.isDirectory());
  await Promise.allSettled(
    linked.map(({ name }) => symlink(below(inputs, name), below(path.join(tree, layout.inputs), name))),
  );
}

/** Names are bytes, which need be no text. */
const below = (directory: string, name: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${directory}/`), name]);
