import { execFileSync } from 'node:child_process';

/** A user of the operating system, with the group that is its own. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Looks up a user wherever the system keeps users, directories in the network included; `undefined` if there is none. */
export function findUser(name: string): SystemUser | undefined {
  const ask = (flag: string): number =>
    Number(execFileSync('id', [flag, '--', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    // `id` says of all others that it does not know them.
    return undefined;
  }
}
