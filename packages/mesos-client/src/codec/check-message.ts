import { MesosError } from '../mesos-error.ts';
import { deadlyProblem, type Problem } from './deadly-calls.ts';
import {
  type EnumShape,
  type FieldShape,
  type MessageShape,
  maximumDepth,
  ownValue,
  type ScalarType,
  type ValueShape,
} from './message-shape.ts';
import { isKept } from './unknown-fields.ts';

const isInteger = (value: unknown, minimum: number, maximum: number): boolean =>
  Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;

const isBigInt = (value: unknown, fit: (value: bigint) => bigint): boolean =>
  typeof value === 'bigint' && fit(value) === value;

/** Half a character is no UTF-8: each wire format would make something else of it. */
const wholeText = 'a string (of whole characters, no lone surrogates)';

const scalarChecks: Readonly<Record<ScalarType, readonly [string, (value: unknown) => boolean]>> = {
  bool: ['a boolean', (value) => typeof value === 'boolean'],
  bytes: ['a Uint8Array', (value) => value instanceof Uint8Array],
  double: ['a number', (value) => typeof value === 'number'],
  int32: ['a 32-bit integer', (value) => isInteger(value, -(2 ** 31), 2 ** 31 - 1)],
  int64: ['a bigint of 64 bits', (value) => isBigInt(value, (number) => BigInt.asIntN(64, number))],
  string: [wholeText, (value) => typeof value === 'string' && value.isWellFormed()],
  uint32: ['an integer from 0 to 4294967295', (value) => isInteger(value, 0, 2 ** 32 - 1)],
  uint64: ['a bigint from 0 to 2^64 - 1', (value) => isBigInt(value, (number) => BigInt.asUintN(64, number))],
};

function checkEnum(shape: EnumShape, value: unknown): Problem | undefined {
  if (typeof value !== 'string' || !shape.numberOf.has(value))
    return { path: '', expected: `one of ${[...shape.numberOf.keys()].join(', ')}` };
  return undefined;
}

/** What JSON would write as an object: no Map, whose entries would be lost, no array, no Date. */
const isObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]';

function checkValue(shape: ValueShape, value: unknown, depth: number): Problem | undefined {
  if (shape.kind === 'message') return checkFields(shape.message, value, depth + 1);
  if (shape.kind === 'enum') return checkEnum(shape.enum, value);
  const [expected, holds] = scalarChecks[shape.scalar];
  return holds(value) ? undefined : { path: '', expected };
}

const checkKey = (key: string | number): Problem | undefined =>
  typeof key === 'number' || key.isWellFormed() ? undefined : { path: '', expected: wholeText };

function checkAll(
  shape: ValueShape,
  entries: Iterable<readonly [string | number, unknown]>,
  depth: number,
): Problem | undefined {
  for (const [key, value] of entries) {
    const problem = checkKey(key) ?? checkValue(shape, value, depth);
    if (problem) return { ...problem, path: `[${key}]${problem.path}` };
  }
  return undefined;
}

function checkField(field: FieldShape, value: unknown, depth: number): Problem | undefined {
  if (field.label === 'repeated')
    return Array.isArray(value)
      ? checkAll(field.value, value.entries(), depth)
      : { path: '', expected: 'an array' };
  if (field.label !== 'map') return checkValue(field.value, value, depth);
  return isObject(value)
    ? checkAll(field.value, Object.entries(value), depth)
    : { path: '', expected: 'an object' };
}

function checkFields(shape: MessageShape, value: unknown, depth: number): Problem | undefined {
  if (!isObject(value)) return { path: '', expected: `an object (${shape.name})` };
  // Mesos would not read it, and an object that contains itself has no end.
  if (depth > maximumDepth) return { path: '', expected: `at most ${maximumDepth} messages in one another` };
  const message = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(message)) {
    const field = shape.byName.get(name);
    // Mesos ignores fields it does not know, which turns `role` for `roles` into "all roles".
    if (!field) return { path: `.${name}`, expected: `no such field: ${shape.name} has none of this name` };
    if (message[name] === undefined) continue;
    const problem = checkField(field, message[name], depth);
    if (problem) return { ...problem, path: `.${name}${problem.path}` };
  }
  const missing = shape.fields.find(
    (field) =>
      field.label === 'required' && ownValue(message, field.name) === undefined && !isKept(message, field),
  );
  return missing && { path: `.${missing.name}`, expected: 'a value: the field is required' };
}

/**
 * Checks that a value can be sent as such a message: types, ranges, required fields, no unknown ones, and
 * never a call that ends a master or agent. Throws INVALID_MESSAGE, which names the field and what was expected.
 */
export function checkMessage(shape: MessageShape, value: unknown): void {
  const problem = checkFields(shape, value, 0) ?? deadlyProblem(shape.name, value);
  if (!problem) return;
  const where = problem.path === '' ? shape.name : `${shape.name}, field ${problem.path.replace(/^\./, '')}`;
  throw new MesosError('INVALID_MESSAGE', `${where}: expected ${problem.expected}`);
}
