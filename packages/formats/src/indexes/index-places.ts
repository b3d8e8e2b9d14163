import { compareVirtualOffsets, type VirtualOffset } from '../bgzf/virtual-offset.ts';
import { type BinningIndex, basesOfBin, type Chunk, type IndexedReference } from './binning-index.ts';

const earlier = (a: VirtualOffset, b: VirtualOffset): VirtualOffset =>
  compareVirtualOffsets(a, b) <= 0 ? a : b;
const later = (a: VirtualOffset, b: VirtualOffset): VirtualOffset =>
  compareVirtualOffsets(a, b) >= 0 ? a : b;

/** Where the records of a reference are in the file; `undefined` if it has none. */
export const extentOf = ({ bins }: IndexedReference): Chunk | undefined => {
  let extent: Chunk | undefined;
  for (const { from, to } of [...bins.values()].flat()) {
    extent =
      extent === undefined ? { from, to } : { from: earlier(extent.from, from), to: later(extent.to, to) };
  }
  return extent;
};

/** Where the last record that has a place ends; `undefined` if none has one. */
export const endOfPlaced = ({ references }: BinningIndex): VirtualOffset | undefined =>
  references
    .map((reference) => extentOf(reference)?.to)
    .reduce(
      (last, to) => (last === undefined || to === undefined ? (last ?? to) : later(last, to)),
      undefined,
    );

/** Every place at which an index knows that a record begins, in rising order: where a file can be cut. */
export const recordStartsOf = (index: BinningIndex): readonly VirtualOffset[] => {
  const starts: VirtualOffset[] = [];
  for (const { bins } of index.references) {
    for (const chunks of bins.values()) for (const { from } of chunks) starts.push(from);
  }
  starts.sort(compareVirtualOffsets);
  return starts.filter((start, at) => {
    const before = starts[at - 1];
    return before === undefined || compareVirtualOffsets(before, start) < 0;
  });
};

/**
 * Where to read from to meet the first record that begins at or behind a position of a reference (counted from 0): a
 * place at which a record begins, such that none that is wanted precedes it, and as close as the index knows.
 * `undefined` if the reference has no records.
 */
export const placeBefore = (
  index: BinningIndex,
  reference: number,
  position: number,
): VirtualOffset | undefined => {
  const indexed = index.references[reference];
  const extent = indexed === undefined ? undefined : extentOf(indexed);
  if (indexed === undefined || extent === undefined) return undefined;
  let place = extent.from;
  for (const [bin, chunks] of indexed.bins) {
    const last = chunks.at(-1);
    // Whatever is in a bin that ends before the position begins before it, and the file is sorted by that.
    if (last !== undefined && basesOfBin(index, bin).to <= position) place = later(place, last.to);
  }
  return place;
};

/**
 * The stretches of the file that hold all records which overlap a region of a reference, from `from` (counted from 0) to
 * the base before `to`; and others, too. In rising order, those that touch joined.
 */
export const chunksOf = (
  index: BinningIndex,
  reference: number,
  from: number,
  to: number,
): readonly Chunk[] => {
  const indexed = index.references[reference];
  if (indexed === undefined || to <= from) return [];
  // Records that overlap the region begin nowhere before the first that overlaps its first window.
  const least = indexed.linear[Math.min(from >> 14, indexed.linear.length - 1)] ?? { block: 0, within: 0 };
  const chunks = [...indexed.bins]
    .filter(([bin]) => {
      const bases = basesOfBin(index, bin);
      return bases.from < to && bases.to > from;
    })
    .flatMap(([, inBin]) => inBin)
    .filter((chunk) => compareVirtualOffsets(chunk.to, least) > 0)
    .sort((a, b) => compareVirtualOffsets(a.from, b.from));
  const joined: Chunk[] = [];
  for (const chunk of chunks) {
    const last = joined.at(-1);
    if (last === undefined || last.to.block < chunk.from.block) joined.push(chunk);
    else joined[joined.length - 1] = { from: last.from, to: later(last.to, chunk.to) };
  }
  return joined;
};
