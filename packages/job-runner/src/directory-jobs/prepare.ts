import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { renderAttemptScript } from './attempt-script.ts';
import { attemptScriptPath, attemptsPath } from './layout.ts';
import { prepareTree } from './prepare-tree.ts';
import type { DirectoryStaging } from './staging.ts';

/** Writes what the attempts at a directory job need to find, also over what an earlier daemon has left there. */
export async function prepareDirectoryJob(
  job: Job,
  controlDirectory: string,
  staging: DirectoryStaging,
): Promise<void> {
  const isNew = (await mkdir(attemptsPath(controlDirectory), { recursive: true })) !== undefined;
  await Promise.all([
    writeScript(job, controlDirectory, staging),
    // Of a job that was prepared before, an attempt may run.
    isNew && staging.mode === 'shared' && staging.asThisUser && prepareFirstTree(job, controlDirectory),
  ]);
}

async function prepareFirstTree({ directory = '' }: Job, controlDirectory: string): Promise<void> {
  await prepareTree(directory, controlDirectory).catch(() => {
    // The attempt meets with the same, unless it has passed, and tells.
  });
}

async function writeScript(job: Job, controlDirectory: string, staging: DirectoryStaging): Promise<void> {
  const script = attemptScriptPath(controlDirectory);
  // Tasks of an earlier daemon may be reading it.
  const unfinished = `${script}.partial`;
  await writeFile(unfinished, renderAttemptScript(job, controlDirectory, staging));
  await rename(unfinished, script);
}
