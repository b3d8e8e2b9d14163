import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { returnCodeFile } from '../layout.ts';
import { readStart } from '../read-start.ts';
import type { PartTree, TreesOrder } from './join-order.ts';

/** With blanks and a line feed. */
const longestExitCode = 32;

/** A part that has failed. */
export interface FailedPart {
  readonly tree: string;
  /** Which it is, and how it ended. */
  readonly words: string;
}

/** What of the parts of a job counts. */
export interface TakenParts {
  /** Whose outputs are joined. */
  readonly trees: readonly PartTree[];
  /** The first part that has failed and is not left out. */
  readonly failed: FailedPart | undefined;
  /** Which parts are left out, in words; or nothing. */
  readonly skipped: string;
}

/** Looks at what parts ended with; one that does not tell has failed. */
export async function takenParts({ trees, skipFailed }: TreesOrder): Promise<TakenParts> {
  const well: PartTree[] = [];
  const failed: FailedPart[] = [];
  for (const [index, tree] of trees.entries()) {
    const code = (await readStart(path.join(tree.path, returnCodeFile), longestExitCode))?.trim();
    if (code === '0') well.push(tree);
    else failed.push({ tree: tree.path, words: `part ${index + 1} (exit code ${code ?? 'unknown'})` });
  }
  if (failed.length === 0) return { trees, failed: undefined, skipped: '' };
  if (!skipFailed || well.length === 0) return { trees, failed: failed[0], skipped: '' };
  const words = failed.map((part) => part.words).join(', ');
  return { trees: well, failed: undefined, skipped: `left out of the results: ${words}` };
}

/** Takes the files beside the directories, in which a part says what it ended with; that comes last. */
export async function takeFiles(tree: string, destination: string): Promise<void> {
  const files = (await readdir(tree, { withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name).filter((name) => name !== returnCodeFile);
  const hasCode = names.length < files.length;
  for (const name of [...names, ...(hasCode ? [returnCodeFile] : [])]) {
    await copyFile(path.join(tree, name), path.join(destination, name));
  }
}
