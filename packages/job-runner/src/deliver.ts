import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { JobError } from './job-error.ts';
import type { JobResult } from './job-event.ts';

/**
 * Puts a result in its place in one rename; what was there before stays whole until then. The source stays
 * where it is, so that a delivery which was cut short can be done again.
 * @throws JobError `DELIVERY`
 */
export async function deliver(job: Job, output: Job['outputs'][number], source: string): Promise<JobResult> {
  const { destination, name } = output;
  const unfinished = path.join(path.dirname(destination), `.${path.basename(destination)}.${job.id}.partial`);
  try {
    await mkdir(path.dirname(destination), { recursive: true });
    await rm(unfinished, { force: true });
    await linkOrCopy(source, unfinished);
    await rename(unfinished, destination);
    const { size } = await stat(destination);
    return { output: name, path: destination, size };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {
      // The first error says what is wrong; this one would hide it.
    });
    const words = error instanceof Error ? error.message : String(error);
    throw new JobError('DELIVERY', destination, `the result could not be moved into place: ${words}`, error);
  }
}

/** A second name costs nothing; where there can be none (another file system), the bytes are copied. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target);
  }
}

/** @throws JobError `INPUT_CHANGED` if an input is not what it was when the job was described. */
export async function checkInputs(job: Job): Promise<void> {
  for (const input of job.inputs) {
    const found = await stat(input.path).catch((error: unknown) => {
      throw new JobError('INPUT_CHANGED', input.path, 'it cannot be read any more', error);
    });
    if (found.size !== input.size || found.mtimeMs !== input.modifiedAt) {
      const message = 'it was changed after the job began; start the job again with the file as it is now';
      throw new JobError('INPUT_CHANGED', input.path, message);
    }
  }
}
