import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attemptDirectory, type Job } from '@galaxy-mesos/galaxy-jobs';
import { JobError } from './job-error.ts';
import { renderCommandScript, renderTaskScript, scriptFiles } from './task-script.ts';

/** Where the files of an attempt are. */
export const attemptPath = (directory: string, attemptId: string, file: string): string =>
  path.join(directory, scriptFiles.attempts, attemptId, file);

// Whether the writer of a command put quotes around a path is not known, and these get through no kind of quotes.
const neverSafe = /['"`$\\\n\r]/;

/**
 * Writes what the tasks of a job need to find in its directory, also over what an earlier run left there.
 * @throws JobError `UNUSABLE_DIRECTORY`
 */
export function prepareJobDirectory(job: Job, directory: string, options: { keepParts: boolean }): void {
  if (job.command.includes(attemptDirectory) && neverSafe.test(directory)) {
    const message =
      'a path with quotes, $, backslashes or line feeds cannot stand in a command; choose another';
    throw new JobError('UNUSABLE_DIRECTORY', directory, message);
  }
  mkdirSync(path.join(directory, scriptFiles.attempts), { recursive: true });
  replaceFile(path.join(directory, scriptFiles.command), renderCommandScript(job));
  replaceFile(path.join(directory, scriptFiles.task), renderTaskScript(job, directory, options));
}

/** Writes a file at once or not at all: tasks of an earlier run may be reading it. */
export function replaceFile(file: string, content: string): void {
  const unfinished = `${file}.${process.pid}.partial`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/** Writes a file at once or not at all; no loss of power takes it any more when this resolves. */
export async function keepFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.partial`;
  await writeFile(unfinished, content, { flush: true });
  await rename(unfinished, file);
  await syncDirectory(path.dirname(file));
}

/** No loss of power takes the names any more that are in the directory now. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
