import type { NumberRange } from '@galaxy-mesos/scheduler';

/** Ranges in ascending order that neither overlap nor touch. */
export type Ranges = readonly NumberRange[];

/** No numbers at all. */
export const noRanges: Ranges = [];

/** All numbers of either. */
export function addRanges(a: Ranges, b: Ranges): Ranges {
  if (b.length === 0) return a;
  const sorted = [...a, ...b].sort((x, y) => x.begin - y.begin);
  const merged: { begin: number; end: number }[] = [];
  for (const { begin, end } of sorted) {
    const last = merged.at(-1);
    if (last && begin <= last.end + 1) last.end = Math.max(last.end, end);
    else merged.push({ begin, end });
  }
  return merged;
}

/** The numbers of `a` that are not in `b`. */
export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  let left = a;
  for (const cut of b) {
    left = left.flatMap(({ begin, end }) => {
      if (cut.end < begin || cut.begin > end) return [{ begin, end }];
      const parts = [
        { begin, end: cut.begin - 1 },
        { begin: cut.end + 1, end },
      ];
      return parts.filter((part) => part.begin <= part.end);
    });
  }
  return left;
}

/** Whether all numbers of `b` are in `a`. */
export const containsRanges = (a: Ranges, b: Ranges): boolean =>
  b.every(({ begin, end }) => a.some((range) => range.begin <= begin && end <= range.end));

/** The first so many numbers. */
export function firstOf(ranges: Ranges, count: number): number[] {
  const numbers: number[] = [];
  for (const { begin, end } of ranges)
    for (let number = begin; number <= end && numbers.length < count; number++) numbers.push(number);
  return numbers;
}

/** Ranges of these numbers. */
export const rangesOf = (numbers: readonly number[]): Ranges =>
  addRanges(
    noRanges,
    numbers.map((number) => ({ begin: number, end: number })),
  );
