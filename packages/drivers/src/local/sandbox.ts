import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { FilePart, Launch } from '@galaxy-mesos/scheduler';
import { DriverError, messageOf, systemCodeOf } from '../errors.ts';
import { portEnvironment } from '../port-environment.ts';
import { textOfTail } from '../tail-text.ts';
import type { AttemptRecord } from './record.ts';
import type { StartOrder } from './starter-messages.ts';
import { becoming, type LocalUser, withheld } from './users.ts';
import { wrapperArguments } from './wrapper.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Mesos refuses in an id
const forbidden = /[/\\\u0000-\u001f\u007f]/;

/** Why an attempt id cannot name a directory, by the rules of Mesos; `undefined` if it can. */
export const faultOfAttemptId = (attemptId: string): string | undefined => {
  if (attemptId === '') return 'ID must not be empty';
  if (Buffer.byteLength(attemptId) > 255) return 'ID must not be greater than 255 bytes';
  if (attemptId === '.' || attemptId === '..') return `'${attemptId}' is disallowed`;
  return forbidden.test(attemptId) ? `'${attemptId}' contains invalid characters` : undefined;
};

/**
 * Makes the sandbox of an attempt, which an earlier one may not have made. Never left to the starter: a driver that
 * looks for an attempt of a dead one can make sure that it will not be started only where its sandbox is there already.
 */
export const makeSandbox = async (sandbox: string, user: LocalUser | undefined): Promise<void> => {
  // What runs as others is nobody else's to see.
  await mkdir(sandbox, { mode: user ? 0o700 : 0o777 });
};

/** How the process of an attempt is started, by the one who has made its sandbox. */
export const orderOf = (
  sandbox: string,
  launch: Launch,
  record: AttemptRecord,
  user: LocalUser | undefined,
): StartOrder => {
  const wrapper = ['/bin/sh', ...wrapperArguments(sandbox, launch.command, JSON.stringify(record))] as const;
  const [program, ...options] = user ? ([...becoming(user), ...wrapper] as const) : wrapper;
  return {
    sandbox,
    program,
    options,
    ...(user && { owner: { uid: user.uid, gid: user.gid } }),
    environment: {
      ...(user && { HOME: user.home, USER: user.name, LOGNAME: user.name }),
      ...portEnvironment(launch.assigned),
      ...(user ? withheld(launch.environment) : launch.environment),
    },
  };
};

// A command may have put anything in the place of its output: a link is not followed, a pipe not waited for.
const carefully = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, carefully);
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw new DriverError('SANDBOX_UNREADABLE', `A sandbox cannot be read: ${messageOf(cause)}`, { cause });
  }
};

/**
 * The last bytes of a file as text, `''` if there is no such file. Begins with a whole character of UTF-8.
 * @throws DriverError SANDBOX_UNREADABLE
 */
export const tailFile = (path: string, maximumBytes: number): Promise<string> =>
  ofFile(path, '', async (file, size) => {
    const position = Math.ceil(Math.max(0, size - maximumBytes));
    return textOfTail(await bytesOf(file, position, size), position > 0);
  });

/**
 * The bytes of a file from a place on, none if there is no such file.
 * @throws DriverError SANDBOX_UNREADABLE
 */
export const readFrom = (path: string, from: number, maximumBytes: number): Promise<FilePart> =>
  ofFile<FilePart>(path, { bytes: new Uint8Array(), size: 0 }, async (file, size) => ({
    ...{ size, bytes: await bytesOf(file, from, Math.min(size, from + maximumBytes)) },
  }));

const ofFile = async <T>(
  path: string,
  nothing: T,
  read: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> => {
  const file = await openIfThere(path);
  if (file === undefined) return nothing;
  try {
    const stats = await file.stat();
    return stats.isFile() ? await read(file, stats.size) : nothing;
  } finally {
    await file.close();
  }
};

const bytesOf = async (file: FileHandle, from: number, to: number): Promise<Buffer> => {
  const wanted = Buffer.alloc(Math.max(0, Math.floor(to - from)));
  const { bytesRead } = await file.read(wanted, 0, wanted.length, from);
  return wanted.subarray(0, bytesRead);
};
