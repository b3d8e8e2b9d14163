import path from 'node:path';
import { type MergeChoice, quoteForShell, readyMerge } from '@galaxy-mesos/parallelism';
import { replaceFile } from './job-directory.ts';
import { plainName } from './task-ids.ts';
import { enterAttemptLines, guard } from './task-script.ts';

/** The name of the joined file in the attempt's directory, as the merges of `parallelism` have it. */
export const mergedFile = 'merged';

/**
 * Writes the script that joins the parts of one output, and the list of the parts, into the job's directory;
 * answers what the scheduler is to run.
 */
export function prepareMerge(
  directory: string,
  { output, merge, parts }: { output: string; merge: MergeChoice; parts: readonly string[] },
): string {
  const ready = readyMerge(merge);
  if (ready.kind !== 'command') throw new Error(`the merge ${merge.merge} is not one that tasks do`);
  const name = `merge-${plainName(output)}`;
  replaceFile(path.join(directory, `${name}.parts`), parts.map((part) => `${part}\0`).join(''));
  const script = [
    '#!/bin/sh',
    `# Made by galaxy-mesos: joins the parts of one output.`,
    ...enterAttemptLines(directory),
    `cp "$job"/${quoteForShell(`${name}.parts`)} parts.list || exit 1`,
    ready.command,
    '',
  ].join('\n');
  const file = path.join(directory, `${name}.sh`);
  replaceFile(file, script);
  return `${guard(directory, quoteForShell(file))}\nexec /bin/sh ${quoteForShell(file)}`;
}
