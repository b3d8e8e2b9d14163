import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { FileOwner } from './deliver-as.ts';
import { JobError, messageOf } from './job-error.ts';

const script = 'for file; do [ -r "$file" ] || { printf %s "$file"; exit 0; }; done';

/**
 * Planning reads files as the user of this process: what the user of the job may not read must not get into its parts,
 * nor into a message.
 * @throws JobError `NOT_READABLE`
 */
export async function requireReadable(job: Job, owner: FileOwner): Promise<void> {
  if (!job.split || owner.uid === process.geteuid?.()) return;
  const files = [...job.inputs.map((input) => input.path), ...pathsWithin(job.split)];
  const unreadable = await firstUnreadable(files, owner);
  if (unreadable === '') return;
  const message = 'the user that the job runs as may not read it, or it is not there';
  throw new JobError('NOT_READABLE', unreadable, message);
}

/** What strategies take is theirs to know; whatever of it begins like a path is taken for one. */
function pathsWithin(value: unknown): readonly string[] {
  if (typeof value === 'string') return path.isAbsolute(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsWithin) : [];
}

function firstUnreadable(files: readonly string[], { uid, gid }: FileOwner): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { uid, gid, cwd: '/', env: { LC_ALL: 'C' } };
  execFile('/bin/sh', ['-c', script, 'look', ...files], options, (error, stdout) => {
    if (error) reject(new Error(`whose files are readable cannot be looked up: ${messageOf(error)}`));
    else resolve(stdout);
  });
  return promise;
}
