import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { returnCodeFile } from '../layout.ts';
import { readStart } from '../read-start.ts';
import type { PartTree, TreesOrder } from './join-order.ts';

/** With blanks and a line feed. */
const longestExitCode = 32;

/** What of the parts of a job counts. */
export interface TakenParts {
  /** Whose outputs are joined. */
  readonly trees: readonly PartTree[];
  /** The tree of the first part that has failed and is not left out. */
  readonly failed: string | undefined;
  /** Which parts are left out, in words; or nothing. */
  readonly skipped: string;
}

/** Looks at what parts ended with; one that does not tell has failed. */
export async function takenParts({ trees, skipFailed }: TreesOrder): Promise<TakenParts> {
  const codes = await Promise.all(
    trees.map(async ({ path: tree }) =>
      (await readStart(path.join(tree, returnCodeFile), longestExitCode))?.trim(),
    ),
  );
  const well = trees.filter((_, index) => codes[index] === '0');
  if (well.length === trees.length) return { trees, failed: undefined, skipped: '' };
  if (!skipFailed || well.length === 0) {
    return { trees, failed: trees.find((tree) => !well.includes(tree))?.path, skipped: '' };
  }
  const words = codes.flatMap((code, index) =>
    code === '0' ? [] : [`part ${index + 1} (exit code ${code ?? 'unknown'})`],
  );
  return { trees: well, failed: undefined, skipped: `left out of the results: ${words.join(', ')}` };
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
