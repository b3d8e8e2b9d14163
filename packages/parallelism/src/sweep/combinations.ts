import { PlanError } from '../plan-error.ts';
import type { Scalar, SweepParameters, Values } from './parameters.ts';
import { randomNumbers, shuffled } from './random.ts';
import { drawing, listOf } from './values.ts';

/** A value for each parameter of the command. */
export type Combination = Readonly<Record<string, Scalar>>;

/** Combinations in a fixed order, and all values that each parameter takes in them. */
export interface Combinations {
  readonly lists: Lists;
  readonly combinations: Iterable<Combination>;
}

type Lists = readonly (readonly [name: string, list: readonly Scalar[]])[];

/** The combinations that parameters describe; conditions are not looked at. */
export function combinationsOf({ values = {}, combine, draw }: SweepParameters): Combinations {
  const entries = Object.entries(values);
  const lists = draw
    ? drawn(entries, draw)
    : entries.map(([name, its]) => [name, listOf(name, its)] as const);
  return { lists, combinations: draw || combine === 'zip' ? zip(lists) : product(lists) };
}

/** The combinations that the lines of a table are. */
export const combinationsOfRows = (
  names: readonly string[],
  rows: readonly (readonly string[])[],
): Combinations => {
  const lists = names.map((name, column) => [name, rows.map((row) => row[column] ?? '')] as const);
  return { lists, combinations: zip(lists) };
};

/** The last parameter changes fastest. */
function* product(lists: Lists): Generator<Combination> {
  const total = lists.reduce((count, [, list]) => count * list.length, 1);
  for (let index = 0; index < total; index += 1) {
    let left = index;
    const combination: [string, Scalar][] = [];
    for (const [name, list] of lists.toReversed()) {
      combination.push([name, list[left % list.length] ?? '']);
      left = Math.floor(left / list.length);
    }
    yield Object.fromEntries(combination.reverse());
  }
}

function zip(lists: Lists): Combination[] {
  const lengths = new Set(lists.map(([, list]) => list.length));
  if (lengths.size > 1) {
    const counts = lists.map(([name, list]) => `${name} has ${list.length}`).join(', ');
    throw new PlanError('INVALID_PARAMETERS', `combine: zip needs lists of equal length: ${counts} values`);
  }
  const [length = 0] = lengths;
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(lists.map(([name, list]) => [name, list[index] ?? ''])),
  );
}

function drawn(
  entries: readonly (readonly [string, Values])[],
  { number, method, seed }: NonNullable<SweepParameters['draw']>,
): Lists {
  const random = randomNumbers(seed);
  return entries.map(([name, values]) => {
    const strata = method === 'random' ? undefined : shuffled(number, random);
    const place = (index: number): number =>
      strata === undefined ? random() : ((strata[index] ?? 0) + random()) / number;
    const valueAt = drawing(name, values);
    return [name, Array.from({ length: number }, (_, index) => valueAt(place(index)))] as const;
  });
}
