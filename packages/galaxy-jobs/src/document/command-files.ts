import { cutInputNames, filesOfInput, type Job, type Split } from '../job.ts';
import { type JobDescriptionProblem, throwProblems } from '../job-description-error.ts';
import type { PlaceholderText } from './placeholders.ts';

/**
 * Which files each name in a command stands for: of an input that is cut, the part that a task has; of one that is
 * not, all its files.
 * @throws JobDescriptionError if an input of several files is cut in one way to run the job and whole in another
 */
export function commandFiles({
  split,
  inputs,
  outputs,
}: Pick<Job, 'split' | 'inputs' | 'outputs'>): Map<string, PlaceholderText> {
  const cut = cutInputNames({ split });
  throwProblems(inputs.flatMap((input) => (input.more ? notAlwaysCut(input.name, split) : [])));
  return new Map([
    ...inputs.map((input): [string, PlaceholderText] => [
      input.name,
      cut.has(input.name) ? input.partName : filesOfInput(input).map(({ path }) => path),
    ]),
    ...outputs.map(({ name, file }): [string, PlaceholderText] => [name, file]),
  ]);
}

/** One name cannot stand for a part of a task in one way, and for several files in another. */
function notAlwaysCut(name: string, split: Split | undefined): JobDescriptionProblem[] {
  const ways = split?.alternatives.map(({ by }) => by.some(({ inputs }) => inputs.includes(name))) ?? [];
  const isSame = ways.every((isCut) => isCut === ways[0]);
  const text =
    'has several files, and is cut in some of the ways of split and whole in others; cut it in all or in none of them';
  return isSame ? [] : [{ code: 'INVALID_VALUE', field: `inputs.${name}`, text }];
}
