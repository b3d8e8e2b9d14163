import type { z } from 'zod';
import {
  type JobDescriptionErrorCode,
  type JobDescriptionProblem,
  shownValue,
} from '../job-description-error.ts';
import { nearest } from '../nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What a schema says of a document, one problem for each field. */
export const problemsOf = (issues: readonly Issue[], given: unknown): JobDescriptionProblem[] =>
  issues.flatMap((issue) => problemsOfIssue(issue, [], given));

function problemsOfIssue(issue: Issue, parent: Path, given: unknown): JobDescriptionProblem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'invalid_union') {
    const inner = innerIssues(issue.errors);
    if (inner) return inner.flatMap((one) => problemsOfIssue(one, path, given));
  }
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    return [{ code: 'INVALID_VALUE', field: fieldName(path), text: message }];
  }
  return [problemOfValue(issue, path, valueAt(given, path))];
}

/** The complaints of the alternative that was meant: the one that looked into the value. */
const innerIssues = (alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  alternatives.find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );

function unknownKey(path: Path, key: string): JobDescriptionProblem {
  // A name that is right elsewhere is not meant here.
  const meant = nearest(
    key,
    knownFields.filter((name) => name !== key),
  );
  const advice = meant === undefined ? 'take it out' : `did you mean ${meant}?`;
  return {
    code: 'UNKNOWN_NAME',
    field: fieldName([...path, key]),
    text: `there is no such field; ${advice}`,
  };
}

function problemOfValue({ message }: Issue, path: Path, value: unknown): JobDescriptionProblem {
  const expected = inWords(message.replace(/^[A-Z][a-z ]+: (?=expected)/, '').replace(/, received .*$/, ''));
  const isMissing = value === undefined;
  const code: JobDescriptionErrorCode = isMissing ? 'MISSING' : 'INVALID_VALUE';
  const found = isMissing ? 'is missing' : `${shownValue(value)} cannot be used`;
  return { code, field: fieldName(path), text: `${found}; ${expected}` };
}

/** What schemas say of kinds of values, in words of people who write JSON. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['object', 'a JSON object: {...}'],
  ['record', 'a JSON object: {...}'],
  ['array', 'a list: [...]'],
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
]);

const inWords = (text: string): string =>
  text
    .replace(/^expected (\w+)$/, (whole, kind: string) =>
      kinds.has(kind) ? `expected ${kinds.get(kind)}` : whole,
    )
    .replace(/^expected (?:number|int) to be >=(\S+)$/, 'expected a number of at least $1')
    .replace(/^expected (?:number|int) to be >(\S+)$/, 'expected a number above $1')
    .replace(/^expected string to have >=1 characters$/, 'expected a text that is not empty');

const valueAt = (given: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    given,
  );

/** As one would write it in JavaScript: `outputs.count.destination`, `stdio.exitCodes[0].level`. */
function fieldName(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

/** For guesses at what was meant. */
const knownFields = [
  ...['id', 'name', 'toolId', 'command', 'shell', 'inputs', 'outputs', 'standardOutput', 'environment'],
  ...['resources', 'cpus', 'mem', 'disk', 'gpus', 'walltime', 'queue', 'priority', 'user', 'retries'],
  ...['outOfMemory', 'factor', 'maximum', 'stdio', 'exitCodes', 'failOnStderr', 'failOnPhrases', 'container'],
  ...['image', 'runtime', 'volumes', 'split', 'input', 'strategy', 'parameters'],
  ...['when', 'whole', 'each', 'failedParts'],
  ...[
    'destination',
    'file',
    'whenMissing',
    'merge',
    'reduce',
    'arity',
    'path',
    'readOnly',
    'from',
    'to',
    'level',
  ],
];
