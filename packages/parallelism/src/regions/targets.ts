import {
  type FileWork,
  FormatError,
  firstWith,
  quoteText,
  type ReferenceWork,
  type Region,
  readLines,
} from '@galaxy-mesos/formats';
import type { IndexedInput } from './indexed-input.ts';

/** A stretch of a sequence on which there is work to be done, and where on it that is. */
export interface Territory {
  readonly region: Region;
  /** Of the stretch alone: positions and bytes count from its beginning. */
  readonly work: ReferenceWork;
}

/** Territories in the order of the file: there may be a million, so that each is made when it is looked at. */
export type Territories = Iterable<Territory>;

/** Exomes have 200,000; so many are held in memory. */
const mostTargets = 500_000;

/** Every sequence as a whole. */
export const wholeReferences = ({ references }: FileWork): Territories => ({
  *[Symbol.iterator]() {
    for (const work of references) {
      const { name: reference, length } = work;
      const region = length === undefined ? { reference, from: 0 } : { reference, from: 0, to: length };
      yield { region, work };
    }
  },
});

/** The regions of a BED file in the order of the input; those that overlap are one. */
export async function targetTerritories(
  bed: string,
  input: IndexedInput,
  { references }: FileWork,
  signal?: AbortSignal,
): Promise<Territories> {
  const numbers = new Map(input.references.map(({ name }, number) => [name, number]));
  const numberOf = ({ reference }: Region): number => numbers.get(reference) ?? references.length;
  const regions: Region[] = [];
  for await (const { line, number } of numberedLines(bed, signal)) {
    const region = parseTarget(line, bed, number);
    if (region === undefined) continue;
    const known = input.references[numberOf(region)];
    if (known === undefined && input.knowsAll) {
      throw wrongTarget(bed, number, `${input.path} has no sequence ${quoteText(region.reference)}`);
    }
    const length = known?.length;
    if (length !== undefined && region.from >= length) {
      throw wrongTarget(bed, number, `begins behind the end of the sequence, which has ${length} bases`);
    }
    if (regions.length === mostTargets) {
      throw wrongTarget(
        bed,
        number,
        `expected at most ${mostTargets} targets: join those that lie close together`,
      );
    }
    const reference = known?.name ?? region.reference;
    regions.push({ reference, from: region.from, to: Math.min(region.to, length ?? region.to) });
  }
  if (regions.length === 0) throw new FormatError('MALFORMED', 'expected at least one region', { path: bed });
  const sorted = regions.toSorted(
    (a, b) =>
      numberOf(a) - numberOf(b) ||
      (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0) ||
      a.from - b.from,
  );
  const joined = joinOverlapping(sorted);
  return {
    *[Symbol.iterator]() {
      for (const region of joined) {
        yield { region, work: workWithin(references.at(numberOf(region)), region) };
      }
    },
  };
}

async function* numberedLines(
  bed: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let number = 0;
  for await (const lines of readLines(bed, { signal })) {
    for (const line of lines) {
      number += 1;
      yield { line, number };
    }
  }
}

function parseTarget(
  line: string,
  bed: string,
  number: number,
): (Region & { readonly to: number }) | undefined {
  if (line.trim() === '' || /^(#|track\b|browser\b)/.test(line)) return undefined;
  const [reference = '', from = '', to = ''] = line.split(/\t| +/);
  const region = { reference, from: Number(from), to: Number(to) };
  const valid = /^\d+$/.test(from) && /^\d+$/.test(to) && region.from < region.to;
  if (valid) return region;
  const expected = 'expected the name of a sequence, a beginning, and an end behind it, separated by tabs';
  throw wrongTarget(bed, number, `${expected}, found ${quoteText(line)}`);
}

const wrongTarget = (path: string, line: number, text: string): FormatError =>
  new FormatError('MALFORMED', text, { path, line });

/** Of regions in rising order: no base is in two. */
export function joinOverlapping(regions: readonly Region[]): readonly Region[] {
  const joined: Region[] = [];
  for (const region of regions) {
    const last = joined.at(-1);
    const end = last?.to ?? Number.POSITIVE_INFINITY;
    if (last?.reference !== region.reference || region.from >= end) joined.push(region);
    else if ((region.to ?? Number.POSITIVE_INFINITY) > end)
      joined.splice(-1, 1, { ...region, from: last.from });
  }
  return joined;
}

/** Bytes before a position. */
export function bytesBefore({ points }: ReferenceWork, position: number): number {
  const behind = firstWith(points, (point) => point.position >= position);
  const [before, after] = [points[behind - 1], points[behind]];
  if (after === undefined) return points.at(-1)?.bytes ?? 0;
  if (before === undefined) return after.bytes;
  const way = (position - before.position) / (after.position - before.position);
  return before.bytes + way * (after.bytes - before.bytes);
}

/** The part of the work on a sequence that is in a region of it. */
export function workWithin(work: ReferenceWork | undefined, { reference, from, to }: Region): ReferenceWork {
  const end = to ?? work?.length;
  const length = end === undefined ? undefined : end - from;
  const nothing = { name: reference, length, points: [{ position: 0, bytes: 0 }], reads: 0 };
  if (work === undefined) return nothing;
  const total = work.points.at(-1)?.bytes ?? 0;
  const before = bytesBefore(work, from);
  const last = end ?? Math.max(from + 1, work.points.at(-1)?.position ?? 0);
  const own = bytesBefore(work, last) - before;
  const inner = work.points
    .slice(
      firstWith(work.points, ({ position }) => position > from),
      firstWith(work.points, ({ position }) => position >= last),
    )
    .map(({ position, bytes }) => ({ position: position - from, bytes: bytes - before }));
  const points = [{ position: 0, bytes: 0 }, ...inner, { position: last - from, bytes: own }];
  const reads = work.reads === undefined ? undefined : total === 0 ? 0 : (work.reads * own) / total;
  return { name: reference, length, points, reads };
}
