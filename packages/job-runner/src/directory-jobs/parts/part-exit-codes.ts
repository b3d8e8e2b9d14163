import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { returnCodeFile } from '../layout.ts';
import { readStart } from '../read-start.ts';

/** With blanks and a line feed. */
const longestExitCode = 32;

/** What the parts of a job ended with. */
export interface PartExitCodes {
  /** The first part that did not end with 0, by index. */
  readonly failed: number | undefined;
}

/** Reads what parts ended with; one that does not tell has failed. */
export async function exitCodesOf(trees: readonly string[]): Promise<PartExitCodes> {
  const texts = await Promise.all(
    trees.map((tree) => readStart(path.join(tree, returnCodeFile), longestExitCode)),
  );
  const failed = texts.findIndex((text) => text?.trim() !== '0');
  return { failed: failed < 0 ? undefined : failed };
}

/**
 * Takes the files beside the directories, in which parts say what they ended with, from the first that has failed, or
 * the first of all.
 */
export async function takeFailing(
  trees: readonly string[],
  destination: string,
  { failed = 0 }: PartExitCodes,
): Promise<void> {
  const tree = trees[failed] ?? '';
  const files = (await readdir(tree, { withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name).filter((name) => name !== returnCodeFile);
  const hasCode = names.length < files.length;
  for (const name of [...names, ...(hasCode ? [returnCodeFile] : [])]) {
    await copyFile(path.join(tree, name), path.join(destination, name));
  }
}
