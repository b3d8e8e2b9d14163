import type { Validator } from './tool.ts';

/**
 * The rule among `validators` that a value breaks, in words; `undefined` if it keeps them all.
 * @param value a number for numeric inputs, a text for text inputs
 */
export function brokenRule(value: number | string, validators: readonly Validator[]): string | undefined {
  const broken = validators.find((one) => holds(value, one) === one.negate);
  return broken === undefined ? undefined : (broken.message ?? describeRule(broken));
}

function holds(value: number | string, validator: Validator): boolean {
  switch (validator.type) {
    case 'empty_field':
      return value !== '';
    case 'in_range':
      return isInRange(Number(value), validator);
    case 'length':
      return isInRange(Array.from(String(value)).length, {
        ...validator,
        excludeMin: false,
        excludeMax: false,
      });
    case 'regex':
      // Galaxy's match begins at the start and need not reach the end.
      return new RegExp(validator.pattern, 'uy').test(String(value));
  }
}

interface Range {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly excludeMin: boolean;
  readonly excludeMax: boolean;
}

function isInRange(value: number, range: Range): boolean {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  const isAboveMin = range.excludeMin ? value > min : value >= min;
  const isBelowMax = range.excludeMax ? value < max : value <= max;
  return isAboveMin && isBelowMax;
}

function describeRule(validator: Validator): string {
  const not = validator.negate ? 'not ' : '';
  if (validator.type === 'empty_field') return validator.negate ? 'must be empty' : 'must not be empty';
  if (validator.type === 'regex') return `must ${not}begin with a match of ${validator.pattern}`;
  const subject = validator.type === 'length' ? 'be of a length' : 'be';
  return `must ${not}${subject} ${rangeText(validator)}`;
}

function rangeText(range: Partial<Range>): string {
  const { min, max, excludeMin = false, excludeMax = false } = range;
  const lower = min === undefined ? [] : [`${excludeMin ? 'above' : 'at least'} ${min}`];
  const upper = max === undefined ? [] : [`${excludeMax ? 'below' : 'at most'} ${max}`];
  return [...lower, ...upper].join(' and ');
}
