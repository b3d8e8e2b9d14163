import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { renderAttemptScript } from './attempt-script.ts';
import { attemptScriptPath, attemptsPath } from './layout.ts';
import type { DirectoryStaging } from './staging.ts';

/** Writes what the attempts at a directory job need to find, also over what an earlier daemon has left there. */
export async function prepareDirectoryJob(
  job: Job,
  controlDirectory: string,
  staging: DirectoryStaging,
): Promise<void> {
  await mkdir(attemptsPath(controlDirectory), { recursive: true });
  const script = attemptScriptPath(controlDirectory);
  // Tasks of an earlier daemon may be reading it.
  const unfinished = `${script}.partial`;
  await writeFile(unfinished, renderAttemptScript(job, controlDirectory, staging));
  await rename(unfinished, script);
}
