import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fillPlaceholders, type Job, type PlaceholderText } from '@galaxy-mesos/galaxy-jobs';
import { quoteForShell } from '@galaxy-mesos/parallelism';
import { replaceFile } from '../job-directory.ts';
import { contained, enterAttemptLines, guard, scriptFiles } from '../task-script.ts';
import type { NodeMerge } from './join-tree.ts';

/** The name of the joined file in the attempt's directory, as the merges of `parallelism` have it. */
const mergedFile = 'merged';

/** What a join calls its result: programs go by how the name of a file ends. */
export const resultName = (output: Job['outputs'][number]): string =>
  `${mergedFile}${/(?:\.[A-Za-z0-9]+)?\.[A-Za-z0-9]+$/.exec(path.basename(output.file))?.[0] ?? ''}`;

/** A join that a task does. */
export interface JoinByTask {
  /** Unique in the job, and a name that a file may have. */
  readonly name: string;
  readonly merge: Exclude<NodeMerge, { readonly kind: 'here' }>;
  /** Paths of the results, in order. */
  readonly parts: readonly string[];
  readonly result: string;
}

/** What the task of a join asks for: a command that reduces is a person's, and may want what parts do; ours want no GPUs. */
export function resourcesOfJoin(
  { resources }: Pick<Job, 'resources'>,
  { kind }: Pick<JoinByTask['merge'], 'kind'>,
): Job['resources'] {
  const { gpus: _, ...others } = resources;
  return kind === 'reduce' ? resources : others;
}

/** Writes the script of a join into the job's directory; answers what the scheduler is to run. */
export function prepareJoin(job: Job, directory: string, join: JoinByTask): string {
  const folder = path.join(directory, scriptFiles.joins);
  mkdirSync(folder, { recursive: true });
  const { kind, command } = join.merge;
  const lines =
    kind === 'reduce' ? reduceLines(job, folder, command, join) : commandLines(folder, command, join);
  const file = path.join(folder, `${join.name}.sh`);
  const head = ['#!/bin/sh', '# Made by galaxy-mesos: joins results of parts.'];
  replaceFile(file, [...head, ...enterAttemptLines(directory), ...lines, ''].join('\n'));
  return `${guard(directory, quoteForShell(file))}\nexec /bin/sh ${quoteForShell(file)}`;
}

function commandLines(
  folder: string,
  command: string,
  { name, parts, result }: Omit<JoinByTask, 'merge'>,
): string[] {
  const list = path.join(folder, `${name}.parts`);
  replaceFile(list, parts.map((part) => `${part}\0`).join(''));
  return [
    `cp ${quoteForShell(list)} parts.list || exit 1`,
    // In a shell of its own, as it may end with any words.
    `( ${command}`,
    ') || exit',
    ...(result === mergedFile ? [] : [`mv -f ${mergedFile} ${quoteForShell(result)} || exit 1`]),
  ];
}

/** What is without a result although its command ended well must not be taken for an empty one. */
function reduceLines(
  job: Job,
  folder: string,
  command: string,
  { name, parts, result }: Omit<JoinByTask, 'merge'>,
): string[] {
  const texts = new Map<string, PlaceholderText>([
    ['parts', parts],
    ['output', result],
  ]);
  const script = path.join(folder, `${name}.command.sh`);
  replaceFile(script, `${fillPlaceholders(command, texts)}\n`);
  return [
    `${contained(job, `${job.shell} ${quoteForShell(script)}`)} || exit`,
    `[ -f ${quoteForShell(result)} ] || { echo ${quoteForShell(`the command that reduces has not written ${result}`)} >&2; exit 1; }`,
  ];
}
