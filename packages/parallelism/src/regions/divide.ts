import { divideWork, type ReferenceWork, type Region } from '@galaxy-mesos/formats';
import type { Pace } from '../minutes/pace.ts';
import { PlanError } from '../plan-error.ts';
import type { RegionsParameters } from './parameters.ts';
import { bytesBefore, type Territories, type Territory, workWithin } from './targets.ts';

/** The regions of a part, and how much work they are beside those of others. */
export interface Share {
  readonly regions: readonly Region[];
  readonly cost: number;
}

/** Divides territories into the regions of parts; each base of a territory is in one. */
export function* divide(
  territories: Territories,
  parameters: RegionsParameters,
  pace?: Pick<Pace, 'amount'>,
): Generator<Share> {
  const { window, by } = parameters;
  if (by === 'target') for (const territory of territories) yield shareOf([territory]);
  else if (by === 'contig') {
    yield* byContig(territories);
  } else if (window !== undefined) for (const territory of territories) yield* windowsOf(territory, window);
  else yield* divideEqually(territories, parameters, pace);
}

function* byContig(territories: Territories): Generator<Share> {
  let own: Territory[] = [];
  for (const territory of territories) {
    if (own[0] !== undefined && own[0].region.reference !== territory.region.reference) {
      yield shareOf(own);
      own = [];
    }
    own.push(territory);
  }
  if (own.length > 0) yield shareOf(own);
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
function* divideEqually(
  territories: Territories,
  parameters: RegionsParameters,
  pace: Pick<Pace, 'amount'> | undefined,
): Generator<Share> {
  const { parts = 1, bytes, equal } = parameters;
  const references = {
    *[Symbol.iterator]() {
      let number = 0;
      for (const { region, work } of territories) {
        const { length, points, reads } = equal === 'bases' ? byBases(region, work) : work;
        yield { name: String(number), length, points, reads };
        number += 1;
      }
    },
  };
  const fixed = bytes === undefined ? { parts } : { maximalWork: bytes };
  const how = {
    ...(pace === undefined ? fixed : { nextWork: () => pace.amount }),
    by: equal === 'reads' ? 'reads' : 'bytes',
  } as const;
  const walk = new Walk(territories);
  for (const { regions, work: cost } of divideWork({ references, unplaced: nothing }, how)) {
    yield {
      regions: regions.map((region) => {
        const own = walk.to((_, number) => number === Number(region.reference));
        return within(own.region, region);
      }),
      cost,
    };
  }
}

const nothing = { bytes: 0, reads: 0 };

/** Goes through territories, in whose order regions are. */
class Walk {
  readonly #territories: Iterator<Territory>;
  #number = -1;
  #territory: Territory | undefined;

  constructor(territories: Territories) {
    this.#territories = territories[Symbol.iterator]();
  }

  /** The first, from the present one on, for which it holds. */
  to(holds: (territory: Territory, number: number) => boolean): Territory {
    while (this.#territory === undefined || !holds(this.#territory, this.#number)) {
      const { done, value } = this.#territories.next();
      if (done) throw new Error(`a region is of none of the ${this.#number + 1} territories`);
      this.#territory = value;
      this.#number += 1;
    }
    return this.#territory;
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
    return { name: reference, length, points, reads: work.reads };
  }
  const text = `equal: bases needs the length of ${reference}, which neither file nor index tells: take equal: work`;
  throw new PlanError('INVALID_PARAMETERS', `strategy regions: ${text}`);
}

/** A share for each region. Regions are in the order of the territories, each within one. */
export function* apart(shares: Iterable<Share>, territories: Territories): Generator<Share> {
  const walk = new Walk(territories);
  for (const share of shares) {
    if (share.regions.length === 1) yield share;
    else {
      for (const region of share.regions) {
        const own = walk.to((territory) => isWithin(region, territory));
        yield { regions: [region], cost: costOf(region, own) };
      }
    }
  }
}

function isWithin({ reference, from }: Region, { region }: Territory): boolean {
  const { from: begin, to = Number.POSITIVE_INFINITY } = region;
  // A sequence without bases is a region, too.
  return region.reference === reference && (from === begin || (from > begin && from < to));
}

const costOf = ({ reference, from, to }: Region, territory: Territory): number => {
  const begin = from - territory.region.from;
  const end = to === undefined ? {} : { to: to - territory.region.from };
  return totalOf(workWithin(territory.work, { reference, from: begin, ...end }));
};
