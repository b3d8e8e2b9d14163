import { execFile } from 'node:child_process';
import { chown, lstat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startedAs } from '../child/started-as.ts';

/**
 * Copies what is at a path into a directory that was just made, as the user who owns the directory that it is in: it
 * may change to a link meanwhile, and what that user may not read is nothing to be copied.
 */
export async function copyAsOwner(source: string, directory: string): Promise<void> {
  const { uid, gid } = await lstat(path.dirname(source));
  const isForAnother = process.geteuid?.() === 0 && uid !== 0;
  if (isForAnother) await chown(directory, uid, gid);
  const words = ['cp', '-R', '-P', '-p', '--', source, directory] as const;
  const { command, parameters, user } = startedAs(isForAnother ? { uid, gid } : undefined, words);
  // That user can read the environment of what runs as him.
  const env = { PATH: process.env.PATH };
  await promisify(execFile)(command, parameters, isForAnother ? { ...user, cwd: '/', env } : {});
}
