import { statSync } from 'node:fs';
import path from 'node:path';
import type { SystemUser } from './find-user.ts';

/** The first directory on the way to another one that a user may not pass through, as far as owner, group and others tell. */
export function closedTo({ uid, gid }: SystemUser, directory: string): string | undefined {
  const above = path.dirname(directory);
  const closed = above === directory ? undefined : closedTo({ uid, gid }, above);
  if (closed !== undefined) return closed;
  const found = statSync(directory);
  const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
  return uid === 0 || (found.mode & bit) !== 0 ? undefined : directory;
}
