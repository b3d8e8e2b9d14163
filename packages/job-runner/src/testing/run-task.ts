import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { prepareJobDirectory } from '../job-directory.ts';
import type { HandedPart } from '../planning/planned-data.ts';
import { taskCommand } from '../task-script.ts';

/** The one attempt of {@link runTask}. */
export const attemptId = 'job-1-000000-1';

/** What part of the job it is, and what is otherwise as in no test. */
export interface TaskOptions extends Partial<Pick<HandedPart, 'slices' | 'command' | 'commandAt'>> {
  readonly keepParts?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a job's one task as an agent does: by `/bin/sh -c`, in a sandbox below `root`. */
export function runTask(job: Job, root: string, directory: string, options: TaskOptions = {}) {
  const { keepParts = false, environment, slices = [], ...part } = options;
  mkdirSync(directory, { recursive: true });
  prepareJobDirectory(job, directory, { keepParts });
  const sandbox = path.join(root, 'sandbox');
  mkdirSync(sandbox, { recursive: true });
  const command = taskCommand(directory, job, { slices, ...part });
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
    cwd: sandbox,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GALAXY_MESOS_ATTEMPT_ID: attemptId, ...environment },
  });
  return { status, stdout, stderr };
}
