import type { BinningIndex, Chunk, IndexedReference } from './binning-index.ts';
import { basesOfBin } from './binning-index.ts';
import type { CramSlice } from './crai.ts';
import { IndexPlaces } from './index-places.ts';
import { KeptWork } from './kept-work.ts';

/** How the work on a reference grows along it. */
export interface ReferenceWork {
  readonly name: string;
  /** In bases; `undefined` where the index does not know. */
  readonly length: number | undefined;
  /** Compressed bytes before each position, both rising; begins with 0 of both. Work between is taken as even. */
  readonly points: readonly { readonly position: number; readonly bytes: number }[];
  /** Records, where the index counts them. */
  readonly reads: number | undefined;
}

/** The work on all references, by their numbers from 0; an array is one. */
export interface ReferenceWorks extends Iterable<ReferenceWork> {
  readonly length: number;
  at(number: number): ReferenceWork | undefined;
}

/** The work on a whole file, in the order of the file. */
export interface FileWork {
  readonly references: ReferenceWorks;
  /** Of records without a place, at the end of the file; `undefined` bytes or reads where the index does not tell. */
  readonly unplaced: { readonly bytes: number; readonly reads: number | undefined };
}

/** A reference as headers and FASTA indexes name it. */
export interface NamedReference {
  readonly name: string;
  readonly length?: number | undefined;
}

type Point = ReferenceWork['points'][number];

/** Every point is kept but those that say nothing new; neither positions nor bytes fall. */
const rising = (points: readonly Point[], total: number): readonly Point[] => {
  const kept: Point[] = [{ position: 0, bytes: 0 }];
  for (const { position, bytes } of points) {
    const last = kept.at(-1) ?? { position: 0, bytes: 0 };
    const least = Math.min(total, Math.max(last.bytes, bytes));
    if (position > last.position) kept.push({ position, bytes: least });
  }
  return kept;
};

/** The same work with more that is known of how it grows. What contradicts that it grows is left out. */
export const withPoints = (reference: ReferenceWork, more: readonly Point[]): ReferenceWork => {
  const total = reference.points.at(-1)?.bytes ?? 0;
  const points = [...reference.points, ...more].sort((a, b) => a.position - b.position || a.bytes - b.bytes);
  return { ...reference, points: rising(points, total) };
};

/** Of two blocks that one record each begins and ends in, as much as one: no reference with records is free. */
const sizeOf = (extent: Chunk): number => {
  return extent.to.block - extent.from.block + Math.max(0, extent.to.within - extent.from.within) / 2 ** 16;
};

/** Of most references of an assembly: one for all. */
const noWork: readonly Point[] = [{ position: 0, bytes: 0 }];

const pointsOf = (
  index: BinningIndex,
  reference: IndexedReference,
  extent: Chunk | undefined,
  length: number | undefined,
): readonly Point[] => {
  if (extent === undefined) return noWork;
  const limit =
    length ?? (reference.linear.length > 0 ? reference.linear.length * 2 ** 14 : Number.POSITIVE_INFINITY);
  const bins = [...reference.bins]
    // What is placed before the first base gets a bin far behind the last.
    .filter(([bin]) => basesOfBin(index, bin).from < limit)
    .flatMap(([bin, [first]]) =>
      first === undefined ? [] : [{ ...basesOfBin(index, bin), first: first.from }],
    )
    .sort((a, b) => a.from - b.from);
  const points: Point[] = [];
  let end = 0;
  let least = Number.POSITIVE_INFINITY;
  // From the end: records that begin at or behind a bin's first base begin where the first of all bins from there on do.
  for (const { from, to, first } of bins.toReversed()) {
    least = Math.min(least, first.block - extent.from.block);
    points.push({ position: from, bytes: least });
    // The largest bins reach far beyond all that is in them.
    if (to - from <= 2 ** (index.minimalShift + 3)) end = Math.max(end, to);
  }
  const size = sizeOf(extent);
  const last = Math.max(Math.min(end, length ?? end), (points[0]?.position ?? 0) + 1);
  return rising([...points.reverse(), { position: last, bytes: size }], size);
};

const readsOf = ({ counts, bins }: IndexedReference): number | undefined => {
  if (counts !== undefined) return counts.mapped + counts.unmapped;
  return bins.size === 0 ? 0 : undefined;
};

/**
 * The work on a file by its BAI, CSI or TBI index: nothing of the file itself is read.
 *
 * @param references of the file in the order of its header; those of a tabix index are known to it
 * @param endOfBlocks where the blocks of the file with content end, for the work on records without a place
 */
export const workByBins = (
  index: BinningIndex,
  references: readonly NamedReference[],
  endOfBlocks: number,
  places = new IndexPlaces(index),
): FileWork => {
  const none: IndexedReference = { bins: new Map(), linear: [] };
  const placed = places.endOfPlaced?.block;
  return {
    references: new KeptWork(references, ({ length }, at) => {
      const reference = index.references.at(at) ?? none;
      return {
        points: pointsOf(index, reference, places.extentOf(at), length),
        reads: readsOf(reference),
      };
    }),
    // Where no record has a place, all of the file but its header is without one.
    unplaced: { bytes: Math.max(0, endOfBlocks - (placed ?? 0)), reads: index.unplaced },
  };
};

/** The work on a CRAM file by its CRAI index. It counts no reads. */
export const workBySlices = (
  slices: readonly CramSlice[],
  references: readonly NamedReference[],
): FileWork => {
  const byReference = Map.groupBy(slices, ({ reference }) => reference);
  const sizeOfAll = (some: readonly CramSlice[]) => some.reduce((sum, { size }) => sum + size, 0);
  return {
    references: references.map(({ name, length }, at) => {
      const own = (byReference.get(at) ?? []).toSorted((a, b) => a.from - b.from);
      const total = sizeOfAll(own);
      let bytes = 0;
      const points = own.map(({ from, size }) => {
        bytes += size;
        return { position: from, bytes: bytes - size };
      });
      const end = own.reduce((last, { from, span }) => Math.max(last, from + span), 0);
      const last = Math.max(end, (points.at(-1)?.position ?? 0) + 1);
      if (total > 0) points.push({ position: last, bytes: total });
      return { name, length, points: rising(points, total), reads: undefined };
    }),
    unplaced: { bytes: sizeOfAll(byReference.get(-1) ?? []), reads: undefined },
  };
};
