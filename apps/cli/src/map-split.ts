import { detectFormat, recordFormatNamed, recordFormats } from '@galaxy-mesos/formats';
import type { Split } from '@galaxy-mesos/galaxy-jobs';
import { builtIn, type Catalog, describeParameters, strategyNamed } from '@galaxy-mesos/parallelism';
import type { InputFile } from './input-files.ts';
import { UsageError } from './usage-error.ts';

/** What a `map` command line says of how its inputs are cut. */
export interface SplitWishes {
  readonly strategy?: string;
  /** The names of the inputs that are cut. */
  readonly over?: readonly string[];
  /** `FORMAT`, or `NAME=FORMAT` where another input than the first is split. */
  readonly split?: string;
  readonly size?: number;
  readonly parts?: number;
  readonly minutes?: number;
  /** The strategy's parameters by name. */
  readonly set?: Readonly<Record<string, unknown>>;
}

/** The way in which inputs are cut where nobody says it. */
export const defaultStrategy = 'records';

/** Galaxy's own number of parts where a tool names none. */
const defaultParts = 20;

/**
 * The split that a `map` command line describes; its parameters are left to the strategy to check.
 * @throws UsageError, and PlanError or FormatError for names that nothing has
 */
export function splitOfWishes(
  inputs: readonly InputFile[],
  wishes: SplitWishes,
  catalog: Catalog = builtIn,
): Split {
  const strategy = strategyNamed(wishes.strategy ?? defaultStrategy, catalog);
  const [, name, named] = /^([A-Za-z_]\w*)=(.*)$/s.exec(wishes.split ?? '') ?? [];
  const cut = cutInputs(
    inputs,
    name === undefined ? wishes : { ...wishes, over: [name] },
    strategy.inputs.least,
  );
  const parameters = {
    ...formatOf(cut, named ?? wishes.split, wishes.set, describeParameters(strategy)),
    ...amountOf(strategy.name, wishes),
    ...wishes.set,
  };
  return {
    alternatives: [{ by: [{ strategy: strategy.name, inputs: cut.map((input) => input.name), parameters }] }],
  };
}

function cutInputs(inputs: readonly InputFile[], { over, split }: SplitWishes, least: number): InputFile[] {
  if (!over && inputs.length < least) {
    throw new UsageError(`expected ${least} --input to cut, found ${inputs.length}; name them with --input`);
  }
  if (!over) return inputs.slice(0, least);
  return over.map((name) => {
    const input = inputs.find((file) => file.name === name);
    if (input) return input;
    const option = split?.startsWith(`${name}=`) ? `--split ${split}` : `--over ${name}`;
    throw new UsageError(`${option}: no --input is named ${name}`);
  });
}

/** Where the strategy wants to know it: what was said, or what the name of the first input tells. */
function formatOf(
  [input]: readonly InputFile[],
  said: string | undefined,
  set: SplitWishes['set'],
  parameters: readonly { readonly name: string; readonly isRequired: boolean }[],
): { readonly format?: string } {
  if (said !== undefined) return { format: recordFormatNamed(said).name };
  const isWanted = parameters.some(({ name, isRequired }) => name === 'format' && isRequired);
  if (!isWanted || !input || set?.format !== undefined) return {};
  const format = detectFormat(input.path)?.format.name;
  if (format !== undefined) return { format };
  const formats = recordFormats.map(({ name }) => name).join(', ');
  throw new UsageError(`${input.path}: its name does not tell its format; say it with --split (${formats})`);
}

function amountOf(strategy: string, { size, parts, minutes, set = {} }: SplitWishes): Record<string, number> {
  const said = {
    ...(size !== undefined && { size }),
    ...(parts !== undefined && { parts }),
    ...(minutes !== undefined && { minutes }),
  };
  const isSaid = ['size', 'parts', 'bytes', 'minutes'].some((name) =>
    Object.hasOwn({ ...said, ...set }, name),
  );
  return isSaid || strategy !== defaultStrategy ? said : { parts: defaultParts };
}
