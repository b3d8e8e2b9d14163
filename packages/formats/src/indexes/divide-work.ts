import { FormatError } from '../format-error.ts';
import { quoteText } from '../signatures.ts';
import type { Region } from './regions.ts';
import type { FileWork, ReferenceWork } from './work.ts';

/** How {@link divideWork} divides. */
export type DivideOptions = {
  /** What is to be equal; compressed bytes unless told otherwise. Reads can be where the index counts them. */
  readonly by?: 'bytes' | 'reads';
} & Amount;

type Amount =
  | {
      /** Into so many, besides that of records without a place. */
      readonly parts: number;
    }
  | {
      /** Into as few as have at most about so many bytes, or reads. */
      readonly maximalWork: number;
    }
  | {
      /** How much the next part is to have: asked when it begins. */
      readonly nextWork: () => number;
    };

/** A part of the work on a file. */
export interface WorkPart {
  /** Counted from 0. */
  readonly index: number;
  /** In the order of the file, without gaps; empty for the part of the records that have no place. */
  readonly regions: readonly Region[];
  /** Whether it is that of the records that have no place, which is the last one. */
  readonly unplaced: boolean;
  /** Bytes or reads, by which it was divided; an estimate. */
  readonly work: number;
}

const weigh = (reference: ReferenceWork, by: 'bytes' | 'reads'): number => {
  if (by === 'bytes') return reference.points.at(-1)?.bytes ?? 0;
  if (reference.reads !== undefined) return reference.reads;
  const text = `the index does not count the reads of ${quoteText(reference.name)}: divide by bytes`;
  throw new FormatError('MALFORMED', text);
};

/** The index of the first of the points for which it holds, as it does for all that follow; by halves. */
export const firstWith = (
  points: ReferenceWork['points'],
  holds: (point: ReferenceWork['points'][number]) => boolean,
): number => {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point === undefined || holds(point)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The position up to which a share of a reference's work lies: within it, so that no region is empty. */
const positionAt = ({ points, length }: ReferenceWork, share: number): number => {
  const bytes = share * (points.at(-1)?.bytes ?? 0);
  const behind = firstWith(points, (point) => point.bytes >= bytes && point.position > 0);
  const [before, after] = [points[behind - 1], points[behind]];
  if (before === undefined || after === undefined) return length ?? 0;
  const grown = after.bytes - before.bytes;
  const way = grown === 0 ? 0 : Math.max(0, bytes - before.bytes) / grown;
  const position = Math.round(before.position + way * (after.position - before.position));
  return Math.min(position, length ?? position);
};

const partsFor = (options: Exclude<Amount, { nextWork: unknown }>, total: number): number => {
  const parts = 'parts' in options ? options.parts : Math.max(1, Math.ceil(total / options.maximalWork));
  const isMaximal = 'maximalWork' in options;
  if (Number.isSafeInteger(parts) && parts >= 1 && !(isMaximal && options.maximalWork <= 0)) return parts;
  const found = isMaximal ? `at most ${options.maximalWork} of it in a part` : `${parts} parts`;
  throw new FormatError('OUT_OF_RANGE', `expected work to be divided into at least one part, found ${found}`);
};

/** Tells the cuts, each by how much work is before it: infinite if there is none. */
const cutsOf = (options: Amount, total: number): ((cuts: number, last: number) => number) => {
  if ('nextWork' in options) return (_, last) => last + Math.max(1, options.nextWork());
  const parts = partsFor(options, total);
  const each = total / parts;
  return (cuts) => (total > 0 && cuts < parts - 1 ? (cuts + 1) * each : Number.POSITIVE_INFINITY);
};

/** Collects the regions of one part after the other, and knows how much work the next cut is to have before it. */
class Division {
  readonly #cutAfter: (cuts: number, last: number) => number;
  #regions: Region[] = [];
  /** Parts that are closed, cuts that are done or were not possible, and the work before the present part. */
  #closed = 0;
  #cuts = 0;
  #work = 0;
  /** Once it was asked for. */
  #nextCut: number | undefined;
  #lastCut = 0;

  constructor(options: Amount, total: number) {
    this.#cutAfter = cutsOf(options, total);
  }

  get nextCut(): number {
    this.#nextCut ??= this.#cutAfter(this.#cuts, this.#lastCut);
    return this.#nextCut;
  }

  passCut(): void {
    this.#lastCut = this.nextCut;
    this.#nextCut = undefined;
    this.#cuts += 1;
  }

  add(region: Region): void {
    this.#regions.push(region);
  }

  get isPending(): boolean {
    return this.#regions.length > 0 || this.#closed === 0;
  }

  close(work: number): WorkPart {
    const part = { index: this.#closed, regions: this.#regions, unplaced: false, work: work - this.#work };
    this.#regions = [];
    this.#closed += 1;
    this.#work = work;
    return part;
  }

  unplaced(work: number): WorkPart {
    return { index: this.#closed, regions: [], unplaced: true, work };
  }
}

/** Cuts one reference, before which so much work is done, wherever a part is full; the rest of it remains pending. */
function* divideReference(
  division: Division,
  reference: ReferenceWork,
  weight: number,
  done: number,
): Generator<WorkPart> {
  const { name, length } = reference;
  let from = 0;
  while (division.nextCut < done + weight) {
    const cut = division.nextCut;
    const to = positionAt(reference, (cut - done) / weight);
    division.passCut();
    if (to <= from || to >= (length ?? Number.POSITIVE_INFINITY)) continue;
    division.add({ reference: name, from, to });
    from = to;
    yield division.close(cut);
  }
  division.add(length === undefined ? { reference: name, from } : { reference: name, from, to: length });
}

/**
 * Divides all references of a file into regions of about equal work, of which every base of every reference is in
 * exactly one; records without a place are a part of their own, and the last. What lies on many small references is
 * together in a part. There are fewer parts than asked for where work is too dense to be cut.
 *
 * Regions are of positions. A read belongs to the region in which it begins: that leaves none out and has none twice.
 * Programs that are given a region read what overlaps it, which is right for those that answer by position (depth,
 * pileup, calls); for others, cut the file by `splitBamByWork`, or use `ownershipExpression`. References are gone
 * through twice.
 */
export function* divideWork(
  work: Pick<FileWork, 'unplaced'> & { readonly references: Iterable<ReferenceWork> },
  options: DivideOptions,
): Generator<WorkPart> {
  const by = options.by ?? 'bytes';
  let total = 0;
  for (const reference of work.references) total += weigh(reference, by);
  const division = new Division(options, total);
  let done = 0;
  let isEmpty = true;
  for (const reference of work.references) {
    isEmpty = false;
    // A cut that falls between two references.
    if (division.nextCut <= done) {
      yield division.close(done);
      division.passCut();
    }
    const weight = weigh(reference, by);
    yield* divideReference(division, reference, weight, done);
    done += weight;
  }
  const rest = by === 'bytes' ? work.unplaced.bytes : work.unplaced.reads;
  const hasUnplaced = work.unplaced.reads !== 0 && rest !== 0;
  if (division.isPending && !(hasUnplaced && isEmpty)) yield division.close(done);
  if (hasUnplaced) yield division.unplaced(rest ?? 0);
}
