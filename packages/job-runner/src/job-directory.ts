import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { renderCommandScript, renderTaskScript, scriptFiles } from './task-script.ts';

/** Where the files of an attempt are. */
export const attemptPath = (directory: string, attemptId: string, file: string): string =>
  path.join(directory, scriptFiles.attempts, attemptId, file);

/** Writes what the tasks of a job need to find in its directory, also over what an earlier run left there. */
export function prepareJobDirectory(job: Job, directory: string, options: { keepParts: boolean }): void {
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
