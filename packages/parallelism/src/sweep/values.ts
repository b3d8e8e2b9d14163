import { PlanError } from '../plan-error.ts';
import { maximumParts } from '../strategy.ts';
import type { Range, Scalar, Values } from './parameters.ts';

/** A step of 0.1 from 0 ends at 1 although ten times 0.1 is a little less, or more. */
const tolerance = 1e-9;

/** A number without the dust that adding fractions leaves: 0.30000000000000004 is 0.3. */
const clean = (value: number): number => Number(value.toPrecision(12));

const isList = (values: Values): values is readonly Scalar[] & Values => Array.isArray(values);

/** The value at a place from 0 (the beginning) to 1 (the end) of a range. */
function along({ from, to, scale, whole }: Range, place: number): number {
  const value = scale === 'log' ? from * (to / from) ** place : from + (to - from) * place;
  return whole ? Math.round(value) : clean(value);
}

/**
 * All values that a parameter takes, in order and none twice.
 * @throws PlanError INVALID_PARAMETERS, TOO_MANY_PARTS
 */
export function listOf(name: string, values: Values): readonly Scalar[] {
  if (isList(values)) return [...new Set(values)];
  const count = values.count ?? countBySteps(name, values);
  if (count > maximumParts) {
    const text = `${name}: a step of ${values.step} makes ${count} values, expected at most ${maximumParts}`;
    throw new PlanError('TOO_MANY_PARTS', `${text}: choose a greater step`);
  }
  return [...new Set(Array.from({ length: count }, (_, index) => valueAt(values, index, count)))];
}

function valueAt(range: Range, index: number, count: number): number {
  const { from, to, step, whole } = range;
  if (step === undefined) return along(range, count === 1 ? 0 : index / (count - 1));
  const value = from + index * step * Math.sign(to - from || 1);
  return whole ? Math.round(value) : clean(value);
}

function countBySteps(name: string, { from, to, step }: Range): number {
  if (step !== undefined) return Math.floor(Math.abs(to - from) / step + tolerance) + 1;
  const text = `${name}: a range without step and count has no end of values; give one of them, or draw`;
  throw new PlanError('INVALID_PARAMETERS', text);
}

/** Tells the value at a place from 0 up to but not including 1, of a list or between the ends of a range. */
export function drawing(name: string, values: Values): (place: number) => Scalar {
  if (!isList(values) && values.step === undefined && values.count === undefined) {
    return (place) => along(values, place);
  }
  const list = listOf(name, values);
  return (place) => list[Math.floor(place * list.length)] ?? '';
}
