import { pythonFloat } from '../numbers.ts';
import { isTrueText } from '../problems.ts';
import { sanitize, sanitizeName } from '../sanitize.ts';
import type { ToolValue } from '../values.ts';

/** What Galaxy hands to a template: the values of inputs in wrappers with rules of their own. */
export type Wrapper =
  | Exclude<ToolValue, { type: 'group' }>
  /** Text about a dataset: compared as it is, sanitised where it is written. */
  | { readonly type: 'about'; readonly value: string };

/** A float among the constants of a template, which Python writes differently from an integer. */
export interface PythonFloat {
  readonly type: 'python-float';
  readonly value: number;
}

/** A value in an expression. */
export type PythonValue = string | number | boolean | null | PythonFloat | Wrapper | readonly PythonValue[];

type Plain = string | number | boolean | null;

/** Python's `bool()`: empty, zero, nothing and an absent dataset are false. */
export function isTruthy(value: PythonValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (!isObject(value)) return Boolean(value);
  if (value.type === 'data') return value.dataset !== null;
  if (value.type === 'select' && Array.isArray(value.value)) return value.value.length > 0;
  return Boolean(value.value);
}

/** Python's `str()`, which is also what `$name` puts into the command. */
export function toText(value: Exclude<PythonValue, readonly PythonValue[]>): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  if (!isObject(value)) return String(value);
  switch (value.type) {
    case 'data':
      return value.dataset?.path ?? 'None';
    case 'about':
      return sanitizeName(value.value);
    case 'boolean':
      return value.value ? value.truevalue : value.falsevalue;
    case 'integer':
      return value.value === null ? '' : String(value.value);
    case 'float':
      return value.value === null ? '' : pythonFloat(value.value);
    case 'python-float':
      return pythonFloat(value.value);
    case 'select':
      return selectText(value.value);
    default:
      return sanitize(value.value);
  }
}

function selectText(value: string | readonly string[] | null): string {
  if (value === null || value.length === 0) return value === '' ? '' : 'None';
  return typeof value === 'string' ? sanitize(value) : value.map(sanitize).join(',');
}

/** Python's `==` between what Galaxy's wrappers make of themselves in the company of the other. */
export function equals(a: PythonValue, b: PythonValue): boolean {
  if (Array.isArray(a) || Array.isArray(b)) return listsEqual(a, b);
  if (isObject(a) && casts(a)) return equals(cast(a, b), besideBoolean(b, a));
  if (isObject(b) && casts(b)) return equals(besideBoolean(a, b), cast(b, a));
  if (isObject(a) && a.type === 'select' && !isObject(b)) return selectEquals(a, b);
  if (isObject(b) && b.type === 'select' && !isObject(a)) return selectEquals(b, a);
  // Datasets and lists of options are objects, and equal to nothing but themselves.
  return numeric(unwrapped(a)) === numeric(unwrapped(b));
}

function listsEqual(a: PythonValue, b: PythonValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => equals(item, b[index]));
}

function selectEquals(select: Extract<Wrapper, { type: 'select' }>, other: PythonValue): boolean {
  if (typeof other !== 'string') return false;
  const isNothing = select.value === null || (Array.isArray(select.value) && select.value.length === 0);
  return (isNothing && other === '') || toText(select) === other;
}

/**
 * Python's order of two values: negative, zero or positive.
 * @returns `undefined` if Python has no order between them and would raise a TypeError
 */
export function order(a: PythonValue, b: PythonValue): number | undefined {
  const first = orderable(a, b);
  const second = orderable(b, first);
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  if (typeof first !== 'string' || typeof second !== 'string') return undefined;
  return first < second ? -1 : Number(first > second);
}

function orderable(value: PythonValue, other: PythonValue): PythonValue {
  const plain = isObject(value) && casts(value) ? cast(value, other) : value;
  return numeric(unwrapped(plain));
}

/** The wrappers that turn into something plain to be compared. */
type CastingWrapper = Extract<Wrapper, { type: 'text' | 'hidden' | 'integer' | 'float' | 'boolean' }>;

function casts(value: Wrapper | PythonFloat): value is CastingWrapper {
  return ['text', 'hidden', 'integer', 'float', 'boolean'].includes(value.type);
}

/** Beside a boolean, a text that is not one of the boolean's own is read as yes or no. */
function besideBoolean(other: PythonValue, wrapper: CastingWrapper): PythonValue {
  if (wrapper.type !== 'boolean' || typeof other !== 'string') return other;
  return other === wrapper.truevalue || other === wrapper.falsevalue ? other : isTrueText(other);
}

/**
 * A boolean beside its own true or false text is that text, else true or false; a number left out is empty beside a text, and nothing beside a number.
 */
function cast(wrapper: CastingWrapper, other: PythonValue): Plain {
  if (wrapper.type === 'boolean') {
    const isOwn = other === wrapper.truevalue || other === wrapper.falsevalue;
    return isOwn ? toText(wrapper) : wrapper.value;
  }
  if (wrapper.type === 'text' || wrapper.type === 'hidden') return toText(wrapper);
  if (wrapper.value === null) return typeof other === 'string' ? '' : null;
  return wrapper.value;
}

function unwrapped(value: PythonValue): PythonValue {
  if (!isObject(value) || (value.type !== 'about' && value.type !== 'python-float')) return value;
  return value.value;
}

/** In Python True is 1 and False is 0. */
function numeric(value: PythonValue): PythonValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function isObject(value: PythonValue): value is Wrapper | PythonFloat {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
