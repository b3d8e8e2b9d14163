import {
  type FileWork,
  FormatError,
  openDecoded,
  type ReferenceWork,
  type Region,
} from '@galaxy-mesos/formats';
import type { IndexedInput } from './indexed-input.ts';

/** A stretch of a sequence on which there is work to be done, and where on it that is. */
export interface Territory {
  readonly region: Region;
  /** Of the stretch alone: positions and bytes count from its beginning. */
  readonly work: ReferenceWork;
}

/** BED files of exomes have some MB. */
const mostBytes = 256 * 1024 * 1024;

/** Every sequence as a whole. */
export const wholeReferences = ({ references }: FileWork): readonly Territory[] =>
  references.map((work) => {
    const { name: reference, length } = work;
    return {
      region: length === undefined ? { reference, from: 0 } : { reference, from: 0, to: length },
      work,
    };
  });

/** The regions of a BED file in the order of the input; those that overlap are one. */
export async function targetTerritories(
  bed: string,
  input: IndexedInput,
  { references }: FileWork,
): Promise<readonly Territory[]> {
  const works = new Map(references.map((work, number) => [work.name, { work, number }]));
  const regions: Region[] = [];
  for (const [index, line] of (await readLines(bed)).entries()) {
    const region = parseTarget(line, bed, index + 1);
    if (region === undefined) continue;
    const known = works.get(region.reference);
    if (known === undefined && input.knowsAll) {
      throw wrongTarget(bed, index + 1, `${input.path} has no sequence ${JSON.stringify(region.reference)}`);
    }
    const length = known?.work.length;
    if (length !== undefined && region.from >= length) {
      throw wrongTarget(bed, index + 1, `begins behind the end of the sequence, which has ${length} bases`);
    }
    regions.push({ ...region, to: Math.min(region.to, length ?? region.to) });
  }
  if (regions.length === 0) throw new FormatError('MALFORMED', 'expected at least one region', { path: bed });
  const order = ({ reference }: Region): number => works.get(reference)?.number ?? references.length;
  const sorted = regions.toSorted(
    (a, b) =>
      order(a) - order(b) ||
      (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0) ||
      a.from - b.from,
  );
  return joinOverlapping(sorted).map((region) => ({
    region,
    work: workWithin(works.get(region.reference)?.work, region),
  }));
}

async function readLines(bed: string): Promise<readonly string[]> {
  await using source = await openDecoded(bed);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > mostBytes)
      throw new FormatError('MALFORMED', `expected at most ${mostBytes} bytes`, { path: bed });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
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
  throw wrongTarget(bed, number, `${expected}, found ${JSON.stringify(line.slice(0, 100))}`);
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
  const behind = points.findIndex((point) => point.position >= position);
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
    .filter(({ position }) => position > from && position < last)
    .map(({ position, bytes }) => ({ position: position - from, bytes: bytes - before }));
  const points = [{ position: 0, bytes: 0 }, ...inner, { position: last - from, bytes: own }];
  const reads = work.reads === undefined ? undefined : total === 0 ? 0 : (work.reads * own) / total;
  return { name: reference, length, points, reads };
}
