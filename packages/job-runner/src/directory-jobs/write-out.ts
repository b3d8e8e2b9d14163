import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { SmallProcess } from '../small-process.ts';

/** Whoever made a tree may have put anything into it: links are not followed, and pipes not waited for. */
export const carefully = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** So few files are written out one by one: measured, more of them take longer than the whole file system. */
const fewFiles = 24;

interface Waiting {
  readonly directory: string;
  readonly names: readonly string[];
  readonly done: PromiseWithResolvers<void>;
}

const waiting: Waiting[] = [];
let isWriting = false;

/**
 * Waits until some files and directories of a directory, and all that is below them, are on the disk. Those who ask
 * while others are served are served together: a file system is written out for many at the price of one.
 */
export function writeOut(directory: string, names: readonly string[]): Promise<void> {
  const done = Promise.withResolvers<void>();
  waiting.push({ directory, names, done });
  if (!isWriting) void serveAll();
  return done.promise;
}

async function serveAll(): Promise<void> {
  isWriting = true;
  while (waiting.length > 0) {
    const together = waiting.splice(0);
    const areWritten =
      together.length > 1 && (await writeOutFileSystems(together.map(({ directory }) => directory)));
    await Promise.all(together.map((one) => (areWritten ? one.done.resolve() : serve(one))));
  }
  isWriting = false;
}

async function serve({ directory, names, done }: Waiting): Promise<void> {
  try {
    await writeOutEach(directory, names);
    done.resolve();
  } catch (error) {
    // A tool may have made files that cannot be opened: it is no reason to lose the others.
    if (await writeOutFileSystems([directory])) done.resolve();
    else done.reject(error);
  }
}

async function writeOutEach(directory: string, names: readonly string[]): Promise<void> {
  const files: Buffer[] = [];
  for (const name of names) await gather(Buffer.from(path.join(directory, name)), files);
  if (files.length > fewFiles && (await writeOutFileSystems([directory]))) return;
  for (let first = 0; first < files.length; first += fewFiles) {
    await Promise.all(files.slice(first, first + fewFiles).map(writeOutOne));
  }
}

/** The names in a directory have to be on the disk, too, before anybody removes what they were made from. */
export async function writeOutDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {
    // Not every file system can do that with directories.
  });
  await handle?.close();
}

/** All regular files below a path, and the directories that hold them. Names are bytes, which need be no text. */
async function gather(file: Buffer, found: Buffer[]): Promise<void> {
  const options = { withFileTypes: true, encoding: 'buffer' } as const;
  const entries = await readdir(file, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  found.push(file);
  for (const entry of entries ?? []) {
    const below = Buffer.concat([file, separator, entry.name]);
    if (entry.isDirectory()) await gather(below, found);
    else if (entry.isFile()) found.push(below);
  }
}

const separator = Buffer.from(path.sep);

async function writeOutOne(file: Buffer): Promise<void> {
  const handle = await open(file, carefully);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const small = new SmallProcess();

/** Where that cannot be done, the files are written out one by one. */
async function writeOutFileSystems(directories: readonly string[]): Promise<boolean> {
  try {
    return (await small.run('sync', '-f', '--', ...directories)) === 0;
  } catch {
    return false;
  }
}
