import { stat } from 'node:fs/promises';
import path from 'node:path';
import { quoteText } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../plan-error.ts';
import { readText } from '../read-text.ts';
import { maximumParts, type Part, type PlanContext, type PlanInput, type Strategy } from '../strategy.ts';

/** Paths of 300 bytes for each of the 100,000 parts that may be. */
const mostBytes = 32 * 1024 * 1024;

const parametersSchema = z.strictObject({
  /** The input is a text with the path of one file on each line, such as another job has found. */
  list: z.boolean().default(false),
});

/** Parameters of the strategy `scatter`: whether the input is the collection, or a list of its files. */
export type ScatterParameters = z.output<typeof parametersSchema>;

async function* plan(
  inputs: readonly PlanInput[],
  { list }: ScatterParameters,
  { signal }: PlanContext,
): AsyncGenerator<Part> {
  const [input] = inputs;
  if (!input) throw new Error('planSplit gives a strategy as many inputs as it takes');
  const files = list ? await filesOfList(input.paths[0], signal) : input.paths;
  if (files.length > maximumParts) {
    const text = `strategy scatter: ${input.name} has ${files.length} files, expected at most ${maximumParts}`;
    throw new PlanError('TOO_MANY_PARTS', text);
  }
  for (const [index, file] of files.entries()) {
    signal?.throwIfAborted();
    const element = path.parse(file).name;
    yield {
      index,
      slices: [{ input: input.name, pieces: [{ kind: 'file', path: file }] }],
      values: { element, number: String(index + 1) },
      label: element,
      records: 0,
      cost: await sizeOf(file),
    };
  }
}

async function filesOfList(list: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const content = await readText(list, mostBytes, signal);
  if (content === undefined) throw fault(list, 1, `a list of files has at most ${mostBytes} bytes`);
  const lines = content.split(/\r?\n/);
  const files = lines.filter((line) => line !== '');
  const relative = lines.findIndex((line) => line !== '' && !path.isAbsolute(line));
  if (relative !== -1) {
    throw fault(list, relative + 1, `expected an absolute path, found ${quoteText(lines[relative] ?? '')}`);
  }
  if (files.length === 0) throw fault(list, 1, 'expected at least one path');
  return files;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new PlanError('INVALID_TABLE', `${file}: is to be worked on, and cannot be read`, { cause });
  }
}

const fault = (list: string, line: number, text: string): PlanError =>
  new PlanError('INVALID_TABLE', `${list}, line ${line}: ${text}`);

/** Runs the command once for each file of a collection. */
export const scatter: Strategy<ScatterParameters> = {
  name: 'scatter',
  description:
    'Runs the command once for each file of a collection, or of a list that another job has written. {element} is the ' +
    'name of the file without its extension, {number} counts from 1. The results are a collection of as many files.',
  parameters: parametersSchema,
  inputs: { least: 1, most: 1 },
  valueNames: async () => ['element', 'number'],
  plan,
  merge: () => ({ merge: 'collection' }),
};
