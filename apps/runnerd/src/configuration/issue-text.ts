import { nearest } from '@galaxy-mesos/galaxy-jobs';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const expectedType = (expected: string): string => typeNames[expected] ?? expected;

/** How a value stands in a message; long ones are cut. */
function shown(value: unknown): string {
  if (value === undefined) return 'it is missing';
  if (value === null) return 'it is empty';
  if (Array.isArray(value)) return 'it is a list';
  if (typeof value === 'object') return 'it is a mapping';
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return `it is ${text.length > 60 ? `${text.slice(0, 57)}...'` : text}`;
}

/** The same without the value itself. */
function concealed(value: unknown): string {
  if (typeof value === 'string') return 'it is other text';
  return typeof value === 'number' ? 'it is a number to YAML: put it in quotes' : shown(value);
}

/** What was expected, what is there instead, and what may have been meant. `isSecret` values are not shown. */
export function issueText(issue: Issue, value: unknown, isSecret: boolean): string {
  const there = isSecret ? concealed(value) : shown(value);
  return `${expectation(issue)}; ${there}${meant(issue, value)}`;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectedType(issue.expected)}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected ${smallest(issue)}`;
    case 'too_big':
      return `expected ${isSized(issue.origin) ? 'a length' : 'a number'} of at most ${issue.maximum}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

const isSized = (origin: string): boolean => origin === 'string' || origin === 'array';

function smallest({ origin, minimum, inclusive }: Extract<Issue, { code: 'too_small' }>): string {
  if (origin === 'string') return `text of at least ${minimum} ${minimum === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `a list of at least ${minimum}`;
  return inclusive ? `a number of at least ${minimum}` : `a number above ${minimum}`;
}

function meant(issue: Issue, value: unknown): string {
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return '';
  const near = nearest(value, issue.values.map(String));
  return near === undefined ? '' : `; did you mean ${near}?`;
}
