import { copyFile, link, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { filesOfInput, type Job } from '@galaxy-mesos/galaxy-jobs';
import { deliverAs, type FileOwner } from './deliver-as.ts';
import { JobError, messageOf } from './job-error.ts';
import type { JobResult } from './job-event.ts';

/**
 * Puts a result in its place in one rename, once its bytes are on the disk; what was there before stays whole
 * until then. The source stays where it is, so that a delivery which was cut short can be done again. `owner`: only a
 * file of this user is taken, and no link, and only to where this user may put it.
 * @throws JobError `DELIVERY`
 */
export async function deliver(
  job: Job,
  output: Job['outputs'][number],
  source: string,
  owner?: FileOwner,
): Promise<JobResult> {
  const { destination, name } = output;
  const unfinished = path.join(path.dirname(destination), `.${job.id}.partial`);
  try {
    if (owner) await requireOwn(source, owner);
    if (owner && owner.uid !== process.geteuid?.()) {
      return {
        output: name,
        path: destination,
        size: await deliverAs(owner, source, destination, unfinished),
      };
    }
    await mkdir(path.dirname(destination), { recursive: true });
    await rm(unfinished, { force: true });
    await linkOrCopy(source, unfinished);
    const size = await writeOut(unfinished);
    await rename(unfinished, destination);
    await writeOutDirectory(path.dirname(destination));
    return { output: name, path: destination, size };
  } catch (error) {
    const words = messageOf(error);
    throw new JobError('DELIVERY', destination, `the result could not be moved into place: ${words}`, error);
  } finally {
    // Also after success: a rename onto another name of the same file does nothing, and leaves both.
    await rm(unfinished, { force: true }).catch(() => {
      // An error above says what is wrong; this one would hide it.
    });
  }
}

async function requireOwn(source: string, { uid }: FileOwner): Promise<void> {
  const found = await lstat(source);
  if (found.isFile() && found.uid === uid) return;
  throw new Error(`${source} is not a file of the user that ran the job`);
}

/**
 * A second name costs nothing. Bytes are copied where there can be none (another file system), and where the file
 * has other names already, or is only a link: a tool may have linked its input, and whoever changes the result must
 * not change that.
 */
async function linkOrCopy(source: string, target: string): Promise<void> {
  const found = await lstat(source);
  const isLinked = found.isFile() && found.nlink === 1 && (await tryToLink(source, target));
  if (!isLinked) await copyFile(source, target);
}

async function tryToLink(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch {
    return false;
  }
}

/** Waits until the bytes of a file are on the disk; answers how many they are. */
async function writeOut(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
    const { size } = await handle.stat();
    return size;
  } finally {
    await handle.close();
  }
}

/** The new name has to be on the disk, too, before anybody removes what the result was made from. */
async function writeOutDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {
    // Not every file system can do that, and one may write into directories that one may not read: the result
    // is in its place all the same.
  });
  await handle?.close();
}

/** @throws JobError `INPUT_CHANGED` if an input is not what it was when the job was described. */
export async function checkInputs(job: Job): Promise<void> {
  for (const input of job.inputs.flatMap(filesOfInput)) {
    const found = await stat(input.path).catch((error: unknown) => {
      throw new JobError('INPUT_CHANGED', input.path, 'it cannot be read any more', error);
    });
    if (found.size !== input.size || found.mtimeMs !== input.modifiedAt) {
      const message = 'it was changed after the job began; start the job again with the file as it is now';
      throw new JobError('INPUT_CHANGED', input.path, message);
    }
  }
}
