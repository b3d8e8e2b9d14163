import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { FrontDoorError } from '../access/front-door-error.ts';
import { shown } from './safe-name.ts';

/** How a file is taken in. */
export interface ReceiveOptions {
  /** An existing directory of the same file system, where it lies until all of it is here. */
  readonly temporaryDirectory: string;
  readonly maximumBytes?: number;
  /** How many bytes must come, where that is known. */
  readonly expectedBytes?: number;
  /** Hexadecimal; `true`: any, and it is told. */
  readonly sha256?: string | true;
  /** Of the file; default 0644. */
  readonly mode?: number;
}

/** What has come. */
export interface ReceivedFile {
  readonly bytes: number;
  /** Hexadecimal, if it was asked for. */
  readonly sha256?: string;
}

/**
 * Makes the directories that lead from `root` to a file, and answers its path. No link is ever gone through.
 *
 * @param root an existing directory, absolute
 * @param segments as from `safeSegments`
 * @throws FrontDoorError `OUTSIDE` if a link or a file is where a directory should be
 */
export async function makeWay(root: string, segments: readonly [string, ...string[]]): Promise<string> {
  let path = root;
  for (const segment of segments.slice(0, -1)) {
    path = join(path, segment);
    if (!(await isOwnDirectory(path))) {
      throw new FrontDoorError('OUTSIDE', `${shown(path)} is no directory: nothing can be put below it`);
    }
  }
  return join(path, segments.at(-1) ?? segments[0]);
}

/** Whether there is a directory, and not a link to one; it is made if there is nothing. */
async function isOwnDirectory(path: string): Promise<boolean> {
  const kind = () =>
    lstat(path).then(
      (found) => found.isDirectory(),
      (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        return undefined;
      },
    );
  const found = await kind();
  if (found !== undefined) return found;
  await mkdir(path).catch((error: unknown) => {
    // Somebody else was faster; whatever it is now is looked at again.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  return (await kind()) ?? false;
}

/**
 * Writes a stream into a file: beside it first, and under its name only when all of it is here, so that nobody ever
 * sees half a file. What was there under that name is replaced; if it was a link, the link is, and not what it led to.
 *
 * @param target as from `makeWay`
 * @throws FrontDoorError `TOO_LARGE`, `NO_SPACE`, `CUT_SHORT`, `WRONG_CHECKSUM`, `NOT_A_FILE` (a directory is there)
 */
export async function receiveFile(
  source: Readable | AsyncIterable<Uint8Array>,
  target: string,
  options: ReceiveOptions,
): Promise<ReceivedFile> {
  const temporary = join(options.temporaryDirectory, `.incoming-${randomUUID()}`);
  try {
    const received = await writeAll(source, temporary, options);
    check(received, options);
    await rename(temporary, target);
    return received;
  } catch (error) {
    await rm(temporary, { force: true });
    throw inWords(error, target);
  }
}

/** The error as a caller should hear it: a full disk and a broken connection are no faults of the program. */
export function inWords(error: unknown, target: string): unknown {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FrontDoorError('NO_SPACE', `no space is left for ${shown(target)}: nothing of it was kept`, {
        cause: error,
      });
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new FrontDoorError('CUT_SHORT', `${shown(target)} was not sent to its end: nothing was kept`, {
        cause: error,
      });
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new FrontDoorError('NOT_A_FILE', `a directory is where ${shown(target)} should be put`, {
        cause: error,
      });
    default:
      return error;
  }
}

async function writeAll(
  source: AsyncIterable<unknown>,
  temporary: string,
  options: ReceiveOptions,
): Promise<ReceivedFile> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, options.mode ?? 0o644);
  const hash = options.sha256 === undefined ? undefined : createHash('sha256');
  try {
    let bytes = 0;
    // One chunk at a time: the socket waits while the disk is busy, whatever the size of the file.
    for await (const chunk of source) {
      const data = asBytes(chunk);
      bytes += data.byteLength;
      requireSize(bytes, options, dirname(temporary));
      hash?.update(data);
      await handle.writeFile(data);
    }
    return { bytes, ...digestOf(hash) };
  } finally {
    await handle.close();
  }
}

const digestOf = (hash: Hash | undefined): { sha256?: string } =>
  hash === undefined ? {} : { sha256: hash.digest('hex') };

const asBytes = (chunk: unknown): Uint8Array =>
  chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));

function requireSize(bytes: number, { maximumBytes }: ReceiveOptions, where: string): void {
  if (maximumBytes !== undefined && bytes > maximumBytes) {
    throw new FrontDoorError('TOO_LARGE', `more than ${maximumBytes} bytes for a file in ${shown(where)}`);
  }
}

function check(received: ReceivedFile, { expectedBytes, sha256 }: ReceiveOptions): void {
  if (expectedBytes !== undefined && received.bytes !== expectedBytes) {
    throw new FrontDoorError(
      'CUT_SHORT',
      `${received.bytes} bytes came, and ${expectedBytes} were announced`,
    );
  }
  if (typeof sha256 === 'string' && received.sha256 !== sha256.toLowerCase()) {
    throw new FrontDoorError('WRONG_CHECKSUM', `sha256 is ${received.sha256}, and ${sha256} was announced`);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
