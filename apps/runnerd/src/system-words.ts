import { codeOf, messageOf } from './runnerd-error.ts';

/** What the operating system's codes mean for a path. */
const ofPaths: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory, not a file',
  ENOTDIR: 'leads through something that is not a directory',
  EEXIST: 'is there already, and is not what it should be',
  EACCES:
    'may not be used by this user: look at its mode and owner, and at those of the directories above it',
  EPERM: 'may not be changed by this user',
  EROFS: 'is on a file system that can only be read',
  ENOSPC: 'is on a disk that is full',
  EDQUOT: 'is where this user has used up its quota',
  ELOOP: 'is a circle of links',
  ENAMETOOLONG: 'has too long a name',
  EIO: 'is on a disk that has a fault',
};

/** The same for an address that is to be listened on. */
const ofAddresses: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; stop it, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES:
    'only root may listen on a port below 1024; choose another, or let a web server in front of it listen there',
  ENOTFOUND: 'nobody knows a host of this name',
  EAI_AGAIN: 'no name server answers',
};

/** Why a file or a directory cannot be used, in words for whoever runs the daemon. `file`: where the error names none. */
export function pathTrouble(error: unknown, file?: string): string {
  const words = ofPaths[codeOf(error) ?? ''];
  const named =
    error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : file;
  return words === undefined || named === undefined ? messageOf(error) : `${named} ${words}`;
}

/** Why an address cannot be listened on. */
export const addressTrouble = (error: unknown): string =>
  ofAddresses[codeOf(error) ?? ''] ?? messageOf(error);
