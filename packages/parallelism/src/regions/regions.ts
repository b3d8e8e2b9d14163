import type { Region } from '@galaxy-mesos/formats';
import { PieceKeeper } from '../blocks/keep-pieces.ts';
import { trimmedResult } from '../merges/trimmed/trimmed.ts';
import { overlappingVariants } from '../merges/vcf/overlapping.ts';
import { Pace } from '../minutes/pace.ts';
import { PlanError } from '../plan-error.ts';
import {
  maximumParts,
  type Part,
  type Piece,
  type PlanContext,
  type PlanInput,
  type Slice,
  type Strategy,
} from '../strategy.ts';
import { apart, divide, type Share } from './divide.ts';
import type { IndexedInput } from './indexed-input.ts';
import { openIndexed } from './open-indexed.ts';
import { isTogether, type RegionsParameters, regionsParametersSchema, takesUnplaced } from './parameters.ts';
import { regionWriter } from './region-text.ts';
import { joinOverlapping, type Territories, targetTerritories, wholeReferences } from './targets.ts';

/** More are hardly ever worked on at once; each is open as long as the plan is made. */
const mostInputs = 100;

async function* plan(
  inputs: readonly PlanInput[],
  parameters: RegionsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const opened: IndexedInput[] = [];
  if (parameters.indexes !== undefined && parameters.indexes.length !== inputs.length) {
    const text = `expected an index for each of ${inputs.length} inputs, found ${parameters.indexes.length}`;
    throw new PlanError('INVALID_PARAMETERS', `strategy regions: indexes: ${text}`);
  }
  try {
    for (const [number, input] of inputs.entries()) {
      opened.push(await open(input, parameters.indexes?.[number], parameters, context));
    }
    yield* partsOf(opened, parameters, context);
  } finally {
    for (const input of opened) await input[Symbol.asyncDispose]();
  }
}

async function open(
  { name, paths }: PlanInput,
  index: string | undefined,
  { reference }: RegionsParameters,
  { signal }: PlanContext,
): Promise<IndexedInput> {
  if (paths.length === 1) return openIndexed({ name, path: paths[0], index, signal }, reference);
  const text = `expected one file in the input ${name}, found ${paths.length}`;
  throw new PlanError('INVALID_PARAMETERS', `strategy regions: ${text}`);
}

async function* partsOf(
  inputs: readonly IndexedInput[],
  parameters: RegionsParameters,
  context: PlanContext,
): AsyncGenerator<Part> {
  const [leader] = inputs;
  if (!leader) throw new Error('planSplit gives a strategy as many inputs as it takes');
  const textOf = regionWriter(leader.references);
  const keeper = new PieceKeeper(context.sidecar);
  const work = await leader.work(cutsByWork(parameters));
  const { targets } = parameters;
  const territories =
    targets === undefined
      ? wholeReferences(work)
      : await targetTerritories(targets, leader, work, context.signal);
  const unplaced = takesUnplaced(parameters) && inputs.some(({ hasUnplaced }) => hasUnplaced);
  const { minutes } = parameters;
  const pace =
    minutes === undefined ? undefined : new Pace('regions', minutes, totalOf(territories), context);
  const { count, shares } = pace
    ? { count: undefined, shares: sharesInTime(territories, parameters, leader, pace) }
    : sharesOf(territories, parameters, leader);
  let index = 0;
  // Where all reads are without a place, there are no regions, but one part for them.
  for (const { regions, cost } of unplaced && isEmpty(territories) ? [] : shares) {
    context.signal?.throwIfAborted();
    const slices = await slicesOf(inputs, regions, parameters, keeper);
    if (pace || (!unplaced && index + 1 === count)) await assertUnchanged(inputs);
    yield { index, slices, ...described(regions, parameters, leader, textOf), records: 0, cost };
    await pace?.learn(index, cost);
    index += 1;
  }
  if (!unplaced) return;
  const slices = await slicesOf(inputs, 'unplaced', parameters, keeper);
  await assertUnchanged(inputs);
  const values = valuesOf('*', { contig: '*', start: '0', end: '0' }, '*', parameters);
  yield { index, slices, values, label: 'unplaced', records: 0, cost: work.unplaced.bytes };
}

function totalOf(territories: Territories): number {
  let total = 0;
  for (const { work } of territories) total += work.points.at(-1)?.bytes ?? 0;
  return total;
}

const isEmpty = (territories: Territories): boolean => {
  for (const _first of territories) return false;
  return true;
};

/** About how many cuts go by work, for which it must be known exactly. */
function cutsByWork({ parts, bytes, minutes, equal }: RegionsParameters): number {
  if (bytes !== undefined || minutes !== undefined) return 100;
  return equal === 'bases' ? 0 : (parts ?? 0);
}

const assertUnchanged = async (inputs: readonly IndexedInput[]): Promise<void> => {
  await Promise.all(inputs.map((input) => input.assertUnchanged()));
};

/** Counted first, so that too many are refused before the first task runs; and made anew then: all may be a million. */
function sharesOf(
  territories: Territories,
  parameters: RegionsParameters,
  { path }: IndexedInput,
): { readonly count: number; readonly shares: Iterable<Share> } {
  const { bytes } = parameters;
  if (bytes !== undefined && totalOf(territories) / bytes > maximumParts) throw tooMany(path);
  let count = 0;
  let hasRegions = false;
  for (const { regions } of dividedInto(territories, parameters)) {
    count += 1;
    hasRegions ||= regions.length > 0;
    if (count >= maximumParts) throw tooMany(path);
  }
  return hasRegions ? { count, shares: dividedInto(territories, parameters) } : { count: 1, shares: nothing };
}

function dividedInto(territories: Territories, parameters: RegionsParameters, pace?: Pace): Iterable<Share> {
  const divided = divide(territories, parameters, pace);
  return isTogether(parameters) ? divided : apart(divided, territories);
}

/** A file of lines without lines: the unsplit job would have run on it, too. */
const nothing: readonly Share[] = [{ regions: [], cost: 0 }];

/** One after the other: how much the next one has, the pace tells when it is asked for. */
function* sharesInTime(
  territories: Territories,
  parameters: RegionsParameters,
  { path }: IndexedInput,
  pace: Pace,
): Generator<Share> {
  const total = totalOf(territories);
  let count = 0;
  for (const share of dividedInto(territories, parameters, pace)) {
    count += 1;
    if (count >= maximumParts || total / pace.amount > maximumParts) throw tooMany(path);
    yield share;
  }
  if (count === 0) yield* nothing;
}

const tooMany = (path: string): PlanError => {
  const text = `${path} makes more than ${maximumParts} parts: choose larger ones, or together: true`;
  return new PlanError('TOO_MANY_PARTS', `strategy regions: ${text}`);
};

async function slicesOf(
  inputs: readonly IndexedInput[],
  regions: readonly Region[] | 'unplaced',
  parameters: RegionsParameters,
  keeper: PieceKeeper,
): Promise<readonly Slice[]> {
  const slices: Slice[] = [];
  for (const input of inputs) {
    const { name, path, indexes } = input;
    if (parameters.whole) {
      const beside = indexes.map((index) => ({ suffix: index.suffix, pieces: [linkTo(index.path)] }));
      slices.push({ input: name, pieces: [linkTo(path)], beside });
    } else if (regions === 'unplaced') slices.push({ input: name, pieces: await input.cutUnplaced(keeper) });
    else slices.push({ input: name, pieces: await input.cut(padded(regions, parameters, input), keeper) });
  }
  return slices;
}

const linkTo = (path: string): Piece => ({ kind: 'file', path });

/** The regions with what is read around them. */
function padded(
  regions: readonly Region[],
  { overlap = 0 }: RegionsParameters,
  input: IndexedInput,
): readonly Region[] {
  if (overlap === 0) return regions;
  const wider = regions.map(({ reference, from, to }) => {
    const end =
      to === undefined ? undefined : Math.min(to + overlap, input.lengthOf(reference) ?? to + overlap);
    const begin = Math.max(0, from - overlap);
    return end === undefined ? { reference, from: begin } : { reference, from: begin, to: end };
  });
  return joinOverlapping(wider);
}

/** Where a sequence ends of which nobody knows it: no format has positions behind this one. */
const lastPosition = 2 ** 31 - 1;

function described(
  regions: readonly Region[],
  parameters: RegionsParameters,
  leader: IndexedInput,
  textOf: (region: Region) => string,
): Pick<Part, 'values' | 'label'> {
  const [first, last] = [regions[0], regions.at(-1)];
  if (first === undefined || last === undefined) {
    return { values: valuesOf('', { contig: '', start: '0', end: '0' }, '', parameters), label: 'empty' };
  }
  // As bcftools takes several; most programs take only one.
  const list = (several: readonly Region[]): string => several.map(textOf).join(',');
  const label = first === last ? textOf(first) : `${textOf(first)} to ${textOf(last)}`;
  const place = {
    contig: first.reference,
    start: String(first.from + 1),
    end: String(first.to ?? lastPosition),
  };
  const wider = padded(regions, parameters, leader);
  return { values: valuesOf(list(regions), place, list(wider), parameters), label };
}

type Values = Readonly<Record<string, string>>;

const valuesOf = (region: string, place: Values, wider: string, parameters: RegionsParameters): Values => ({
  region,
  ...(isTogether(parameters) ? {} : place),
  ...(parameters.overlap === undefined ? {} : { padded: wider }),
});

/** Cuts files by regions of the sequences to which they refer. */
export const regions: Strategy<RegionsParameters> = {
  name: 'regions',
  description:
    'Cuts sorted and indexed inputs (BAM, CRAM, BCF, VCF, BED and GFF with tabix, FASTA) by regions; what reaches over a ' +
    'border belongs to the region in which it begins. With whole, the command gets the whole inputs and works on {region}. ' +
    'The merged result equals that of the unsplit job if the command treats every read or line by itself, or, with whole, ' +
    'every position; one that looks farther than overlap may give another result near the borders. With overlap the ' +
    'command reads {padded}, and what does not begin in {region} is left out when results are joined (VCF, BED, SAM; ' +
    'others by the merge trimmed, or by the command).',
  parameters: regionsParametersSchema,
  inputs: { least: 1, most: mostInputs },
  valueNames: async (_inputs, parameters) =>
    Object.keys(valuesOf('', { contig: '', start: '', end: '' }, '', parameters)),
  plan,
  merge: ({ whole, overlap }, result) => {
    const own = overlap === undefined ? undefined : trimmedResult(result);
    return own ?? (whole === true || overlap !== undefined ? overlappingVariants(result) : undefined);
  },
};
