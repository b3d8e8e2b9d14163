import type { NumberRange } from '@galaxy-mesos/scheduler';

/** The same numbers in ranges that neither overlap nor touch, in ascending order. */
export function mergeRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const merged: NumberRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1);
    if (last === undefined || range.begin > last.end + 1) merged.push(range);
    else if (range.end > last.end) merged[merged.length - 1] = { begin: last.begin, end: range.end };
  }
  return merged;
}

/** What is left of ranges without some numbers. */
export function withoutNumbers(ranges: readonly NumberRange[], numbers: Iterable<number>): NumberRange[] {
  let left = [...ranges];
  for (const number of new Set(numbers)) left = left.flatMap((range) => withoutNumber(range, number));
  return left;
}

function withoutNumber({ begin, end }: NumberRange, number: number): NumberRange[] {
  if (number < begin || number > end) return [{ begin, end }];
  const parts = [
    { begin, end: number - 1 },
    { begin: number + 1, end },
  ];
  return parts.filter((part) => part.begin <= part.end);
}

/** Whether one of the ranges holds a number. */
export const holdsNumber = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(({ begin, end }) => begin <= number && number <= end);
