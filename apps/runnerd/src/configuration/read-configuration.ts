import { nearest } from '@galaxy-mesos/galaxy-jobs';
import type { z } from 'zod';
import { type ConfigurationDocument, type DocumentPath, readDocument } from './document.ts';
import { issueText } from './issue-text.ts';
import type { ConfigurationProblem } from './problem.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import { settingNames } from './setting-names.ts';

/** A configuration file as it was read: what it says, or all that is wrong with it. */
export interface ReadConfiguration {
  readonly configuration?: Configuration;
  /** In the order of the file. */
  readonly problems: readonly ConfigurationProblem[];
  /** `FILE:LINE:COLUMN` of a setting, or of the nearest thing around it that is there. */
  placeOf(path: DocumentPath): string;
}

/** Reads a configuration file. `file` is its name for messages. */
export function readConfiguration(text: string, file: string): ReadConfiguration {
  const document = readDocument(text, file);
  const { placeOf } = document;
  if (document.problems.length > 0) return { problems: document.problems, placeOf };
  const parsed = configurationSchema.safeParse(document.value);
  if (parsed.success) return { configuration: parsed.data, problems: [], placeOf };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, document));
  return { problems: problems.toSorted(byPlace), placeOf };
}

function problemsOf(issue: z.core.$ZodIssue, document: ConfigurationDocument): ConfigurationProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], document));
  }
  const name = path.map(String).join('.');
  const isKey = issue.code === 'invalid_key';
  const place = isKey ? document.placeOfKey(path) : document.placeOf(path);
  const value = isKey ? path.at(-1) : valueAt(document.value, path);
  const words = issueText(issue, value, isSecret(path) && !isKey);
  return [{ place, text: name === '' ? words : `${name}: ${words}` }];
}

function unknownKey(path: DocumentPath, document: ConfigurationDocument): ConfigurationProblem {
  const names = settingNames(configurationSchema, path.slice(0, -1));
  const near = nearest(String(path.at(-1)), names);
  const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return {
    place: document.placeOfKey(path),
    text: `${path.map(String).join('.')}: there is no such setting; ${advice}`,
  };
}

/** A file that is a text as a whole is another one than was meant, perhaps that of a token or a key. */
const isSecret = (path: DocumentPath): boolean =>
  path.length === 0 || (path[0] === 'tokens' && (path.length < 3 || path[2] === 'value'));

const valueAt = (value: unknown, path: DocumentPath): unknown =>
  path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null ? (Reflect.get(found, key) as unknown) : undefined,
    value,
  );

function byPlace(a: ConfigurationProblem, b: ConfigurationProblem): number {
  const [lineA = 0, columnA = 0] = a.place.split(':').slice(-2).map(Number);
  const [lineB = 0, columnB = 0] = b.place.split(':').slice(-2).map(Number);
  return lineA - lineB || columnA - columnB;
}
