import { type JobDescriptionProblem, throwProblems } from '../job-description-error.ts';
import { nearest } from '../nearest.ts';
import { problemsOf } from './document-problems.ts';
import { type JobDocument, jobDocumentSchema } from './job-document.ts';
import { inputPaths, outputFile, partName } from './local-files.ts';
import { leadsInside, resolvedPath } from './paths.ts';
import { placeholdersIn } from './placeholders.ts';
import { contradictions, type PlacedStep, placedSteps } from './split-document.ts';

/**
 * Reads a job document.
 *
 * @param given what it is in JSON, as a text or read already
 * @param options.directory where relative paths begin; without it all must be absolute
 * @throws JobDescriptionError with all fields that are wrong
 */
export function parseJobDocument(
  given: unknown,
  { directory }: { readonly directory?: string } = {},
): JobDocument {
  const value = typeof given === 'string' ? parseJson(given) : given;
  const read = jobDocumentSchema.safeParse(value);
  if (!read.success) {
    throwProblems(problemsOf(read.error.issues, value));
    throw read.error;
  }
  const document = directory === undefined ? read.data : resolvePaths(read.data, directory);
  const steps = placedSteps(document.split);
  throwProblems([
    ...pathProblems(document),
    ...nameProblems(document),
    ...stepProblems(document, steps),
    ...commandProblems(document, steps),
  ]);
  return document;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throwProblems([{ code: 'INVALID_VALUE', field: 'the document', text: faultOf(text, error) }]);
    throw error;
  }
}

/** Why a text is no JSON, without what a terminal would obey. */
function faultOf(text: string, error: unknown): string {
  if (text.trim() === '') return 'is empty; expected a JSON object: {...}';
  if (/[\0\ufffd]/.test(text)) return 'is no text in UTF-8; expected a JSON object: {...}';
  const reason = error instanceof Error ? error.message : String(error);
  return `is no JSON: ${reason.replaceAll(/\p{C}/gu, '?')}`;
}

const entries = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] => Object.entries(record);

function resolvePaths(document: JobDocument, directory: string): JobDocument {
  const resolve = (file: string): string => resolvedPath(directory, file);
  const inputs = entries(document.inputs).map(([name, given]) => [
    name,
    typeof given === 'string' ? resolve(given) : given.map(resolve),
  ]);
  const outputs = entries(document.outputs).map(([name, output]) => [
    name,
    typeof output === 'string' ? resolve(output) : { ...output, destination: resolve(output.destination) },
  ]);
  return { ...document, inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) };
}

function pathProblems({ inputs, outputs }: JobDocument): JobDescriptionProblem[] {
  const absolute = [
    ...entries(inputs).flatMap(([name, given]) =>
      typeof given === 'string'
        ? ([[`inputs.${name}`, given]] as const)
        : given.map((file, index) => [`inputs.${name}[${index}]`, file] as const),
    ),
    ...entries(outputs).map(([name, output]) =>
      typeof output === 'string'
        ? ([`outputs.${name}`, output] as const)
        : ([`outputs.${name}.destination`, output.destination] as const),
    ),
  ].filter(([, file]) => !file.startsWith('/'));
  const inside = entries(outputs).filter(([name, output]) => !leadsInside(outputFile(name, output)));
  return [
    ...absolute.map(([field, file]) => invalid(field, `${file} is relative; expected an absolute path`)),
    ...inside.map(([name, output]) =>
      invalid(
        `outputs.${name}.file`,
        `${outputFile(name, output)} is not in the directory in which the command runs; expected a relative path`,
      ),
    ),
  ];
}

/** Names that must be those of something, or of one thing only. */
function nameProblems({ inputs, outputs, standardOutput }: JobDocument): JobDescriptionProblem[] {
  const [inputNames, outputNames] = [Object.keys(inputs), Object.keys(outputs)];
  const files = entries(outputs).map(([name, output]) => outputFile(name, output));
  const destinations = entries(outputs).map(([, output]) =>
    typeof output === 'string' ? output : output.destination,
  );
  return [
    ...outputNames
      .filter((name) => inputNames.includes(name))
      .map((name) => invalid(`outputs.${name}`, 'an input has this name, too; choose another one')),
    ...outputNames
      .filter((_, index) => files.indexOf(files[index] ?? '') < index)
      .map((name) => invalid(`outputs.${name}.file`, 'another output is the same file; choose another one')),
    ...outputNames
      .filter((_, index) => destinations.indexOf(destinations[index] ?? '') < index)
      .map((name) => invalid(`outputs.${name}`, 'another output goes to the same place; choose another one')),
    ...(standardOutput === undefined ? [] : unknownName('standardOutput', standardOutput, outputNames)),
  ];
}

function stepProblems(
  { inputs, outputs, split, failedParts }: JobDocument,
  steps: readonly PlacedStep[],
): JobDescriptionProblem[] {
  const names = Object.keys(inputs);
  const parts = new Set(
    steps.flatMap((step) => step.inputs.map((name) => partName(name, firstOf(inputs, name)))),
  );
  return [
    ...contradictions(split).map(({ field, text }) => invalid(field, text)),
    ...(failedParts !== undefined && split === undefined
      ? [invalid('failedParts', 'the job is not split, so that it has no parts; give split, too')]
      : []),
    ...steps.flatMap((step) => step.inputs.flatMap((name) => unknownName(step.field, name, names))),
    ...entries(outputs)
      .filter(([name, output]) => parts.has(outputFile(name, output)))
      .map(([name]) =>
        invalid(`outputs.${name}.file`, "the task's part of the input is this file; choose another one"),
      ),
  ];
}

const ownOf = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const firstOf = (inputs: JobDocument['inputs'], name: string): string =>
  inputPaths(ownOf(inputs, name) ?? '')[0] ?? '';

function unknownName(field: string, name: string, known: readonly string[]): JobDescriptionProblem[] {
  if (known.includes(name)) return [];
  const meant = nearest(name, known);
  const advice = meant === undefined ? `there are: ${known.join(', ') || 'none'}` : `did you mean ${meant}?`;
  const kind = field === 'standardOutput' ? 'output' : 'input';
  return [{ code: 'UNKNOWN_NAME', field, text: `no ${kind} is named ${name}; ${advice}` }];
}

/** Strategies of ours of which each task has a part; what those of others do with an input is not known here. */
const givesParts: ReadonlySet<string> = new Set(['records', 'blocks', 'regions', 'scatter', 'pairs']);

function commandProblems(
  { command, inputs }: JobDocument,
  steps: readonly PlacedStep[],
): JobDescriptionProblem[] {
  if (command.includes('\0')) return [invalid('command', 'has a NUL byte; no shell can read it')];
  const mentioned = placeholdersIn(command);
  const cut = new Set(
    steps.filter(({ strategy }) => givesParts.has(strategy)).flatMap((step) => step.inputs),
  );
  return [...cut]
    .filter((name) => ownOf(inputs, name) !== undefined && !mentioned.has(name))
    .map((name) => ({
      code: 'MISSING',
      field: 'command',
      text: `does not mention {${name}}, the part of ${firstOf(inputs, name)} that a task works on`,
    }));
}

const invalid = (field: string, text: string): JobDescriptionProblem => ({
  code: 'INVALID_VALUE',
  field,
  text,
});
