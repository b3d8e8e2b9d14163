import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, RunnerdError } from '../runnerd-error.ts';
import { pathTrouble } from '../system-words.ts';

/** Where the daemon keeps what; all absolute. */
export interface StateDirectory {
  readonly root: string;
  /** The store, where it is SQLite. */
  readonly store: string;
  /** Job directories, as Galaxy sees them. */
  readonly staging: string;
  /** What the attempts at jobs work on. */
  readonly jobs: string;
  /** Sandboxes of what runs on this machine. */
  readonly sandboxes: string;
  readonly cache: string;
  /** What is on its way out. */
  readonly trash: string;
  /** Secrets of jobs are made from it. */
  readonly secretKey: string;
}

/** As many bytes as the digests have that are made with it. */
const keyBytes = 32;

/** What belongs to whom: the daemon alone, or one group may pass through to files that it knows the names of. */
const modes = { own: 0o700, passable: 0o710 } as const;

/**
 * Makes the state directory, or finds what is there. Jobs that run as another user must get through it to their own
 * files: `group` is theirs.
 * @throws RunnerdError `STATE`
 */
export function prepareState(directory: string, group?: number): StateDirectory {
  try {
    // What it lies in is not the daemon's own.
    makeWithParents(path.dirname(directory));
    makeDirectory(directory, group);
    // Paths in a job's command and those of its files are compared: both must be free of links.
    const root = realpathSync(directory);
    const below = (name: string): string => path.join(root, name);
    for (const name of ['staging', 'jobs', 'sandboxes', 'cache']) makeDirectory(below(name), group);
    return {
      root,
      store: below('jobs.sqlite'),
      staging: below('staging'),
      jobs: below('jobs'),
      sandboxes: below('sandboxes'),
      cache: below('cache'),
      trash: below('trash'),
      secretKey: secretKey(below('secret.key')),
    };
  } catch (error) {
    if (error instanceof RunnerdError) throw error;
    const text = `the state directory ${directory} cannot be used: ${pathTrouble(error, directory)}`;
    throw new RunnerdError('STATE', text, error);
  }
}

/** Node's own way to do so never comes to an end where nothing can be made, such as below /proc. */
function makeWithParents(directory: string, mode?: number): void {
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(directory).isDirectory()) return;
    const parent = path.dirname(directory);
    if (codeOf(error) !== 'ENOENT' || parent === directory) throw error;
    makeWithParents(parent);
    mkdirSync(directory, { mode });
  }
}

/** One that is there stays as whoever made it wanted it, but that the group gets through. */
function makeDirectory(directory: string, group: number | undefined): void {
  makeWithParents(directory, modes.own);
  if (group === undefined) return;
  const { uid, gid, mode } = statSync(directory);
  // Whoever may pass already needs no other group.
  if ((mode & 0o001) !== 0 || (gid === group && (mode & 0o010) !== 0)) return;
  chownSync(directory, uid, group);
  chmodSync(directory, (mode & 0o700) | modes.passable);
}

/** The secret key that is there, or a new one, which nobody else can read. */
function secretKey(file: string): string {
  try {
    return readKey(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  // Whole or not at all, and never in the place of one that another daemon has just made.
  const unfinished = `${file}.${process.pid}.partial`;
  writeFileSync(unfinished, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(unfinished, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished);
  }
  return readKey(file);
}

function readKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim();
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new RunnerdError(
      'STATE',
      `${file} can be read by others, who could get at the files of jobs: chmod 600 it`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(key)) {
    const advice = 'put back what was there; if that is lost and no job runs, remove the file';
    throw new RunnerdError(
      'STATE',
      `${file} does not hold a key of ${keyBytes} bytes in hexadecimal: ${advice}`,
    );
  }
  return key;
}
