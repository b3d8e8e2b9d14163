import { RE2JS } from 're2js';
import type { AgentField, Constraint } from '../model/constraint.ts';
import { SchedulerError } from '../model/errors.ts';
import type { TaskSpec } from '../model/task.ts';
import { ownFieldNames } from './agent-field.ts';

/** What of a task is checked and compiled here. */
export type ConstrainedTask = Pick<TaskSpec, 'constraints' | 'preferences' | 'tags'>;

/** Where in a task something was found, such as `constraints[2].maximum`. */
type Path = string;

const describe = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const refuse = (path: Path, expected: string, found: unknown): never => {
  throw new SchedulerError('INVALID_TASK', `${path}: expected ${expected}, got ${describe(found)}`);
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const requireText = (path: Path, expected: string, value: unknown) => {
  if (!isText(value)) refuse(path, expected, value);
};

const requireField = (path: Path, field: AgentField) => {
  requireText(path, 'the name of an attribute', field);
  if (field.startsWith('@') && !ownFieldNames.includes(field)) {
    refuse(path, `the name of an attribute, or one of ${ownFieldNames.join(', ')}`, field);
  }
};

const requireCount = (path: Path, value: unknown) => {
  if (!Number.isSafeInteger(value) || Number(value) < 1) refuse(path, 'a whole number of at least 1', value);
};

const requireList = (path: Path, values: unknown) => {
  if (!Array.isArray(values) || values.length === 0)
    return refuse(path, 'a list with at least one value', values);
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string') refuse(`${path}[${index}]`, 'a text', value);
  }
};

/** A pattern of this length compiles in milliseconds; one that is longer is better said as a list of values. */
const longestPattern = 500;

/** Each value is matched in microseconds by a program of so many instructions; counted repetitions make them many. */
const largestProgram = 1000;

const requirePattern = (path: Path, pattern: unknown) => {
  if (typeof pattern !== 'string') return refuse(path, 'a regular expression of RE2', pattern);
  if (pattern.length > longestPattern) {
    return refuse(path, `at most ${longestPattern} characters`, `${pattern.slice(0, 20)}...`);
  }
  try {
    if (RE2JS.compile(pattern).programSize() <= largestProgram) return;
  } catch (error) {
    refuse(path, `a regular expression of RE2 (${error instanceof Error ? error.message : error})`, pattern);
  }
  refuse(path, 'a regular expression with fewer repetitions', pattern);
};

const tagExpected = 'a tag that tasks bear';

const validators: {
  readonly [Type in Constraint['type']]: (
    path: Path,
    constraint: Extract<Constraint, { type: Type }>,
  ) => void;
} = {
  equals(path, { field, value }) {
    requireField(`${path}.field`, field);
    if (typeof value !== 'string') refuse(`${path}.value`, 'a text', value);
  },
  in(path, { field, values }) {
    requireField(`${path}.field`, field);
    requireList(`${path}.values`, values);
  },
  matches(path, { field, pattern }) {
    requireField(`${path}.field`, field);
    requirePattern(`${path}.pattern`, pattern);
  },
  'gpu-model': (path, { models }) => requireList(`${path}.models`, models),
  unique(path, { field, among }) {
    requireField(`${path}.field`, field);
    requireText(`${path}.among`, tagExpected, among);
  },
  'max-per'(path, { field, among, maximum }) {
    requireField(`${path}.field`, field);
    requireText(`${path}.among`, tagExpected, among);
    requireCount(`${path}.maximum`, maximum);
  },
  'group-by'(path, { field, among, maximumSkew, groups }) {
    requireField(`${path}.field`, field);
    requireText(`${path}.among`, tagExpected, among);
    if (maximumSkew !== undefined) requireCount(`${path}.maximumSkew`, maximumSkew);
    if (groups !== undefined) requireCount(`${path}.groups`, groups);
  },
  near(path, { field, to }) {
    requireField(`${path}.field`, field);
    requireText(`${path}.to`, tagExpected, to);
  },
  'away-from'(path, { field, from }) {
    requireField(`${path}.field`, field);
    requireText(`${path}.from`, tagExpected, from);
  },
  exclusive() {},
};

const validateOne = (path: Path, constraint: Constraint) => {
  const type: unknown = constraint?.type;
  if (typeof type !== 'string' || !Object.hasOwn(validators, type)) {
    return refuse(`${path}.type`, `one of ${Object.keys(validators).join(', ')}`, type);
  }
  const validator = validators[constraint.type] as (path: Path, constraint: Constraint) => void;
  validator(path, constraint);
};

/**
 * Looks whether what a task asks of agents makes sense.
 * @throws SchedulerError INVALID_TASK, with the name of the field and what was expected of it
 */
export function validateConstraints({ constraints, preferences, tags }: ConstrainedTask): void {
  for (const [index, tag] of (tags ?? []).entries())
    requireText(`tags[${index}]`, 'a text that is not empty', tag);
  for (const [index, constraint] of (constraints ?? []).entries())
    validateOne(`constraints[${index}]`, constraint);
  for (const [index, preference] of (preferences ?? []).entries()) {
    const path = `preferences[${index}]`;
    const constraint = preference?.constraint as Constraint;
    if (constraint?.type === 'exclusive')
      refuse(`${path}.constraint.type`, 'a kind that can be broken', 'exclusive');
    validateOne(`${path}.constraint`, constraint);
    const weight = preference.weight ?? 1;
    if (!(Number.isFinite(weight) && weight > 0)) refuse(`${path}.weight`, 'a number above 0', weight);
  }
}
