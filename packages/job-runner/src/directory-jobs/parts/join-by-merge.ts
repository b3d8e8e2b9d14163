import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Catalog,
  type JoinPart,
  type MergeChoice,
  mergeNamed,
  readyMerge,
  runProgram,
} from '@galaxy-mesos/parallelism';

/** What {@link joinByMerge} is asked to do. */
export interface MergeRequest {
  readonly merge: MergeChoice;
  /** In order. */
  readonly parts: readonly JoinPart[];
  /** An empty directory. */
  readonly scratch: string;
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
}

/** Joins files; answers where the result is, which is in the scratch directory. */
export async function joinByMerge({ merge, parts, scratch, catalog, signal }: MergeRequest): Promise<string> {
  if (mergeNamed(merge.merge, catalog).makes === 'directory') {
    throw new Error(`the merge ${merge.merge} makes a directory, and Galaxy asks for a file: choose another`);
  }
  const destination = path.join(scratch, 'merged');
  const ready = readyMerge(merge, catalog);
  if (ready.kind === 'here') {
    await ready.join({ parts, destination, signal });
    return destination;
  }
  await writeFile(path.join(scratch, 'parts.list'), parts.map((part) => `${part.path}\0`).join(''));
  await runProgram('/bin/sh', ['-c', ready.command], { cwd: scratch, signal });
  return destination;
}
