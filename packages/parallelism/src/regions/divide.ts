import { divideWork, type FileWork, type ReferenceWork, type Region } from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import type { RegionsParameters } from './parameters.ts';
import { bytesBefore, type Territory, workWithin } from './targets.ts';

/** The regions of a part, and how much work they are beside those of others. */
export interface Share {
  readonly regions: readonly Region[];
  readonly cost: number;
}

/** Divides territories into the regions of parts; each base of a territory is in one. */
export function* divide(territories: readonly Territory[], parameters: RegionsParameters): Generator<Share> {
  const { window, by } = parameters;
  if (by === 'target') for (const territory of territories) yield shareOf([territory]);
  else if (by === 'contig') {
    const contigs = Map.groupBy(territories, ({ region }) => region.reference);
    for (const own of contigs.values()) yield shareOf(own);
  } else if (window !== undefined) for (const territory of territories) yield* windowsOf(territory, window);
  else yield* divideEqually(territories, parameters);
}

const totalOf = ({ points }: ReferenceWork): number => points.at(-1)?.bytes ?? 0;

const shareOf = (territories: readonly Territory[]): Share => ({
  regions: territories.map(({ region }) => region),
  cost: territories.reduce((sum, { work }) => sum + totalOf(work), 0),
});

/** Where nobody knows the length of a sequence, the last window has what is left. */
function* windowsOf({ region, work }: Territory, window: number): Generator<Share> {
  const { reference, from } = region;
  const end = region.to ?? from + (work.points.at(-1)?.position ?? 0);
  for (let begin = from; begin < end || begin === from; begin += window) {
    const isLast = begin + window >= end;
    const to = isLast ? region.to : begin + window;
    const cost = bytesBefore(work, (to ?? end) - from) - bytesBefore(work, begin - from);
    yield { regions: [to === undefined ? { reference, from: begin } : { reference, from: begin, to }], cost };
  }
}

/** Territories stand for sequences, under their numbers as names. */
function* divideEqually(territories: readonly Territory[], parameters: RegionsParameters): Generator<Share> {
  const { parts = 1, bytes, equal } = parameters;
  const references = territories.map(({ region, work }, number) => ({
    ...(equal === 'bases' ? byBases(region, work) : work),
    name: String(number),
  }));
  const work: FileWork = { references, unplaced: { bytes: 0, reads: 0 } };
  const amount = bytes === undefined ? { parts } : { maximalWork: bytes };
  const shares = divideWork(work, { ...amount, by: equal === 'reads' ? 'reads' : 'bytes' });
  for (const { regions, work: cost } of shares) {
    yield {
      regions: regions.flatMap((region) => {
        const territory = territories[Number(region.reference)];
        return territory === undefined ? [] : [within(territory.region, region)];
      }),
      cost,
    };
  }
}

const within = ({ reference, from, to }: Region, region: Region): Region => {
  const end = region.to === undefined ? to : from + region.to;
  return end === undefined
    ? { reference, from: from + region.from }
    : { reference, from: from + region.from, to: end };
};

function byBases({ reference }: Region, work: ReferenceWork): ReferenceWork {
  const { length } = work;
  if (length !== undefined) {
    const points = [{ position: 0, bytes: 0 }, ...(length > 0 ? [{ position: length, bytes: length }] : [])];
    return { ...work, points };
  }
  const text = `equal: bases needs the length of ${reference}, which neither file nor index tells: take equal: work`;
  throw new PlanError('INVALID_PARAMETERS', `strategy regions: ${text}`);
}

/** A share for each region. Regions are in the order of the territories, each within one. */
export function* apart(shares: Iterable<Share>, territories: readonly Territory[]): Generator<Share> {
  let at = 0;
  for (const { regions, cost } of shares) {
    if (regions.length === 1) yield { regions, cost };
    else {
      for (const region of regions) {
        while (at < territories.length && !isWithin(region, territories[at])) at += 1;
        yield { regions: [region], cost: costOf(region, territories[at]) };
      }
    }
  }
}

const isWithin = ({ reference, from }: Region, territory: Territory | undefined): boolean => {
  if (territory?.region.reference !== reference) return false;
  const { from: begin, to = Number.POSITIVE_INFINITY } = territory.region;
  // A sequence without bases is a region, too.
  return from === begin || (from > begin && from < to);
};

const costOf = ({ reference, from, to }: Region, territory: Territory | undefined): number => {
  if (territory === undefined) return 0;
  const begin = from - territory.region.from;
  const end = to === undefined ? {} : { to: to - territory.region.from };
  return totalOf(workWithin(territory.work, { reference, from: begin, ...end }));
};
