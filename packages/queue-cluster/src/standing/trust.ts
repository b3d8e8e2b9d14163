import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { QueueClusterError } from '../queue-cluster-error.ts';

/** Who may change what is in a directory, or whither a link leads. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const othersMayWrite = 0o002;
const groupMayWrite = 0o020;
/** In such a directory everybody may make things, but nobody can take those of others away. */
const sticky = 0o1000;
const theirs = "is somebody else's";

/**
 * Why what lies in a directory may be somebody else's; undefined if it can only be the user's, or root's. A group that
 * has the user's own number is the user's alone, as Red Hat makes them, with directories that it may write to. What
 * belongs to `outsider` counts as root's.
 */
export function strangersIn(
  { uid, gid, mode }: Ownership,
  user: number,
  isLink: boolean,
  outsider?: number,
): string | undefined {
  if (uid !== user && uid !== 0 && uid !== outsider) return theirs;
  if (isLink || (mode & sticky) !== 0) return undefined;
  const isOwnGroup = gid === user && uid === user;
  const isOpen = (mode & othersMayWrite) !== 0 || ((mode & groupMayWrite) !== 0 && !isOwnGroup);
  return isOpen ? 'is open to others' : undefined;
}

/**
 * Of a user namespace, as containers without root have one: the number by which all are shown that are not in it. Root
 * of the machine, whose directories are above all others, cannot be told from the rest there. Undefined where everybody
 * is shown as who he is.
 */
async function outsiderHere(): Promise<number | undefined> {
  const map = await readFile('/proc/self/uid_map', 'latin1').catch(() => '');
  if (map === '' || /^\s*0\s+0\s+4294967295\s*$/.test(map)) return undefined;
  return Number(await readFile('/proc/sys/kernel/overflowuid', 'latin1'));
}

/** A path and all that is above it. */
function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

/**
 * What stands in a cluster's directory is obeyed: nobody but the user (and root) may be able to write there, or to put
 * another directory in its place. That holds for root, too, who would do a great deal more for strangers.
 * @throws QueueClusterError DAMAGED; what the system says where the directory is not there
 */
export async function refuseStrangers(directory: string): Promise<void> {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const path = await realpath(directory);
  const { uid, gid, mode } = await lstat(path);
  refuse(path, uid === user ? strangersIn({ uid, gid, mode: mode & ~sticky }, user, false) : theirs);
  await refuseStrangersAlong(directory);
}

/**
 * The same for where a cluster's directory is to be made: others may have theirs beside it.
 * @throws QueueClusterError DAMAGED; what the system says where the directory is not there
 */
export async function refuseStrangersAlong(directory: string): Promise<void> {
  const user = process.geteuid?.();
  if (user === undefined) return;
  // As it is called, with the links that it goes by, and where it really is.
  const paths = new Set([...upwards(await realpath(directory)), ...upwards(resolve(directory))]);
  const outsider = await outsiderHere();
  for (const each of paths) {
    const found = await lstat(each);
    refuse(each, strangersIn(found, user, found.isSymbolicLink(), outsider));
  }
}

function refuse(path: string, what: string | undefined): void {
  if (what === undefined) return;
  const change = what === theirs ? 'choose' : `chmod go-w ${path}, or choose`;
  const advice = `a cluster's directory must be yours, and others must not write to it or above it: ${change} another by GALAXY_MESOS_CLUSTERS`;
  throw new QueueClusterError('DAMAGED', `${path} ${what}; ${advice}`);
}
