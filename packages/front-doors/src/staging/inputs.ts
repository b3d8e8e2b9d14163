import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedPart } from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { openInside } from '../files/open-inside.ts';
import type { Checksums } from './checksums.ts';
import { asBytes, type ListedEntry } from './file-list.ts';

/** What an attempt makes anew, or what is there only after one. */
const leftOut = new Set(['home', 'tmp', 'return_code']);

/**
 * The files and directories of a job that an attempt needs, with links replaced by what they lead to; of some, its part
 * has others in their place.
 */
export async function* listInputs(
  directory: string,
  checksums: Checksums,
  part?: StagedPart,
): AsyncGenerator<ListedEntry> {
  yield* listTree(directory, checksums, part?.names ?? new Set());
  if (part) yield* listTree(part.directory, checksums, new Set());
}

async function* listTree(
  directory: string,
  checksums: Checksums,
  replaced: ReadonlySet<string>,
): AsyncGenerator<ListedEntry> {
  yield* listBelow('');

  async function* listBelow(below: string): AsyncGenerator<ListedEntry> {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      if (below === '' && leftOut.has(entry.name)) continue;
      yield* listEntry(entry, below === '' ? entry.name : `${below}/${entry.name}`);
    }
  }

  async function* listEntry(entry: Dirent, name: string): AsyncGenerator<ListedEntry> {
    if (replaced.has(name)) return;
    if (entry.isDirectory()) {
      yield { type: 'directory', name: asBytes(name) };
      yield* listBelow(name);
      return;
    }
    const file = await openIfFile(directory, join(directory, name));
    if (file === undefined) return;
    await using handle = file.handle;
    const { mode } = await handle.stat();
    const executable = (mode & 0o111) !== 0;
    yield {
      type: 'file',
      name: asBytes(name),
      size: file.size,
      executable,
      sha256: await checksums.of(handle),
    };
  }
}

/** A link that leads out of the job, a pipe: nothing that an attempt may have. */
const openIfFile = (directory: string, path: string) =>
  openInside([directory], path).catch((error: unknown) => {
    if (error instanceof FrontDoorError) return undefined;
    throw error;
  });
