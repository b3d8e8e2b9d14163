import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { TreeEntry } from './tree-entries.ts';

/** What is looked through for outputs that parts have not left. */
export interface MadeEntries {
  readonly jobDirectory: string;
  readonly outputs: Job['outputs'];
  /** The numbers of the parts that have left the entries. */
  readonly parts: readonly number[];
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

/**
 * The outputs that some parts have left and others have not, in words, the lost ones by name. What was there before the job and is gone has
 * been taken away, with the part's result: that is `lost`. What a part has not made it may have had no reason to make.
 */
export async function missingOutputs({ jobDirectory, outputs, parts, entries }: MadeEntries): Promise<{
  readonly lost: ReadonlyMap<string, string>;
  readonly notMade: readonly string[];
}> {
  const lost = new Map<string, string>();
  const notMade: string[] = [];
  for (const { file } of outputs) {
    const having = entries.get(file)?.trees;
    if (!having || having.length === parts.length) continue;
    const without = parts.filter((_, index) => !having.includes(index));
    const words = `${file}: ${numbered(without)}`;
    if (await isThere(path.join(jobDirectory, file))) lost.set(file, `${words} took it away`);
    else notMade.push(`${words} made none`);
  }
  return { lost, notMade };
}

/** More than these are too many to read. */
const mostNumbers = 20;

const numbered = (parts: readonly number[]): string =>
  `${parts.length === 1 ? 'part' : 'parts'} ${parts.slice(0, mostNumbers).join(', ')}${parts.length > mostNumbers ? ', ...' : ''}`;

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );
