import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

// A command owns its sandbox, and may have put anything in the place of a file of ours: a link to a file that only we
// may read or write, or a pipe that nobody ever writes to.
const carefully = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** No file of ours in a sandbox is larger. */
const longestBytes = 1024 * 1024;

/**
 * A file in a sandbox as text; `''` for what is no file, or none of ours.
 * @throws what the system says, `ELOOP` for a link.
 */
export function readOwnFile(path: string): string {
  const file = openSync(path, carefully);
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= longestBytes ? readFileSync(file, 'utf8') : '';
  } finally {
    closeSync(file);
  }
}

/** Writes a file in a sandbox, in the place of whatever is there. @throws what the system says. */
export function writeOwnFile(path: string, text: string): void {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text, { flag: 'wx' });
}
