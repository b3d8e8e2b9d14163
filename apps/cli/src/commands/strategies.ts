import { recordFormats } from '@galaxy-mesos/formats';
import {
  builtIn,
  type Catalog,
  describeParameters,
  type Merge,
  type ParameterDescription,
  type Strategy,
} from '@galaxy-mesos/parallelism';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';

/** `galaxy-mesos strategies`: what there is to cut and to join with. */
export function defineStrategies(command: Command, exit: (code: number) => void): void {
  command
    .description(
      'Lists the ways to cut jobs into tasks and to join results, with their parameters, and formats.',
    )
    .option('--json', 'one JSON object')
    .action(({ json }: { readonly json?: boolean }) => {
      process.stdout.write(json ? `${JSON.stringify(everything(builtIn), null, 2)}\n` : asText(builtIn));
      exit(exitCodes.ok);
    });
}

const everything = ({ strategies, merges }: Catalog) => ({
  strategies: strategies.map((one) => ({ ...described(one), inputs: one.inputs })),
  merges: merges.map((one) => ({ ...described(one), makes: one.makes ?? 'file' })),
  formats: recordFormats.map(({ name, fileExtensions }) => ({ name, extensions: fileExtensions })),
});

type Listed = Strategy | Merge;

const described = (one: Listed) => ({
  name: one.name,
  description: one.description,
  parameters: describeParameters(one),
});

function asText(catalog: Catalog): string {
  const { strategies, merges } = catalog;
  const { formats } = everything(catalog);
  return [
    'Strategies (--strategy):',
    ...strategies.flatMap(block),
    'Merges (--merge):',
    ...merges.flatMap(block),
    'Formats (--split), by extensions:',
    ...formats.map(({ name, extensions }) => `  ${name}: ${extensions.join(' ')}`),
    '',
  ].join('\n');
}

const width = 100;

function block(one: Listed): string[] {
  return [
    `  ${one.name}`,
    ...wrapped(one.description).map((line) => `    ${line}`),
    ...describeParameters(one).map((parameter) => `      --set ${parameterText(parameter)}`),
    '',
  ].map((line) => ('how' in one ? line.replace('--set', '--merge-set') : line));
}

function parameterText({ name, kind, isRequired, default: ifAbsent }: ParameterDescription): string {
  const absent = isRequired
    ? ' (required)'
    : ifAbsent === undefined
      ? ''
      : ` (default: ${JSON.stringify(ifAbsent)})`;
  return `${name}=<${kind}>${absent}`;
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
