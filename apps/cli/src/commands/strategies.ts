import { type RecordFormat, recordFormats } from '@galaxy-mesos/formats';
import {
  builtIn,
  type Catalog,
  describeParameters,
  isModulePath,
  isStrategyPackage,
  loadCatalog,
  type Merge,
  type ParameterDescription,
  PlanError,
  resolveModule,
  type Strategy,
  strategyKeyword,
} from '@galaxy-mesos/parallelism';
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

/** `galaxy-mesos strategies`: what there is to cut and to join with. */
export function defineStrategies(command: Command, exit: (code: number) => void): void {
  command
    .description(
      'Lists the ways to cut jobs into tasks and to join results, with their parameters, and formats.',
    )
    .argument('[names...]', 'only these; of your own: ./file.js, a directory or a package')
    .option('--json', 'one JSON object')
    .action(async (names: readonly string[], { json }: { readonly json?: boolean }) => {
      const listed = names.length === 0 ? all : await only(names);
      process.stdout.write(json ? `${JSON.stringify(everything(listed), null, 2)}\n` : asText(listed));
      exit(exitCodes.ok);
    });
}

interface Listing extends Catalog {
  readonly formats: readonly RecordFormat[];
}

const all: Listing = { ...builtIn, formats: recordFormats };

/** Those of these names, and all that modules bring that are named so. */
async function only(names: readonly string[]): Promise<Listing> {
  const isNamed = ({ name }: { readonly name: string }): boolean => names.includes(name);
  const known = { strategies: builtIn.strategies.filter(isNamed), merges: builtIn.merges.filter(isNamed) };
  const formats = recordFormats.filter(isNamed);
  const found = new Set([...known.strategies, ...known.merges, ...formats].map(({ name }) => name));
  const urls = names
    .filter((name) => !found.has(name))
    .map((name) => (isModulePath(name) ? resolveModule(name, process.cwd()) : packageOf(name)));
  const catalog = await loadCatalog(await Promise.all(urls));
  return {
    strategies: [...known.strategies, ...catalog.strategies.slice(builtIn.strategies.length)],
    merges: [...known.merges, ...catalog.merges.slice(builtIn.merges.length)],
    formats,
  };
}

async function packageOf(name: string): Promise<string> {
  const module = await resolveModule(name, process.cwd()).catch((error: unknown) => {
    if (error instanceof PlanError) return undefined;
    throw error;
  });
  if (module !== undefined && (await isStrategyPackage(name, module))) return module;
  const lacking = module === undefined ? '' : ` (the package has no keyword ${strategyKeyword})`;
  throw new UsageError(
    `there is no strategy, merge, format or package ${JSON.stringify(name)}${lacking}; galaxy-mesos strategies lists them`,
  );
}

const everything = ({ strategies, merges, formats }: Listing) => ({
  strategies: strategies.map((one) => ({ ...described(one), inputs: one.inputs })),
  merges: merges.map((one) => ({ ...described(one), makes: one.makes ?? 'file' })),
  formats: formats.map(({ name, fileExtensions }) => ({ name, extensions: fileExtensions })),
});

type Listed = Strategy | Merge;

const described = (one: Listed) => ({
  name: one.name,
  description: one.description,
  parameters: describeParameters(one),
});

function asText({ strategies, merges, formats }: Listing): string {
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [title, ...lines];
  return [
    ...part('Strategies (--strategy):', strategies.flatMap(block)),
    ...part('Merges (--merge):', merges.flatMap(block)),
    ...part(
      'Formats (--split), by extensions:',
      formats.map(({ name, fileExtensions }) => `  ${name}: ${fileExtensions.join(' ')}`),
    ),
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
