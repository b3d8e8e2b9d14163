import { compareVirtualOffsets, type VirtualOffset } from '../bgzf/virtual-offset.ts';
import { type BinningIndex, basesOfBin, type Chunk, type IndexedReference } from './binning-index.ts';

const earlier = (a: VirtualOffset, b: VirtualOffset): VirtualOffset =>
  compareVirtualOffsets(a, b) <= 0 ? a : b;
const later = (a: VirtualOffset, b: VirtualOffset): VirtualOffset =>
  compareVirtualOffsets(a, b) >= 0 ? a : b;

/** Where the records of a reference are in the file; `undefined` if it has none. */
const extentOf = ({ bins }: IndexedReference): Chunk | undefined => {
  let extent: Chunk | undefined;
  for (const chunks of bins.values()) {
    for (const { from, to } of chunks) {
      extent =
        extent === undefined ? { from, to } : { from: earlier(extent.from, from), to: later(extent.to, to) };
    }
  }
  return extent;
};

/** Of the bins of a reference in the order in which they end: up to which base, and where the records in it do. */
interface BinEnds {
  readonly reference: number;
  readonly bases: Float64Array;
  /** Of all bins up to this one, the place where the last record ends. */
  readonly places: readonly VirtualOffset[];
}

const binEndsOf = (index: BinningIndex, reference: number): BinEnds => {
  const ends: { readonly to: number; readonly place: VirtualOffset }[] = [];
  for (const [bin, chunks] of index.references.at(reference)?.bins ?? []) {
    const last = chunks.at(-1);
    if (last !== undefined) ends.push({ to: basesOfBin(index, bin).to, place: last.to });
  }
  ends.sort((a, b) => a.to - b.to);
  let latest: VirtualOffset = { block: 0, within: 0 };
  const places = ends.map(({ place }) => {
    latest = later(latest, place);
    return latest;
  });
  return { reference, bases: Float64Array.from(ends, ({ to }) => to), places };
};

/** The place of the last bin that ends at or before a position. */
const placeUpTo = ({ bases, places }: BinEnds, position: number): VirtualOffset | undefined => {
  let low = 0;
  let high = bases.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bases[middle] ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return places[low - 1];
};

/**
 * The places in a file that its index knows. It is gone through once: an assembly has a million references, most of them
 * without records, and regions are asked for one after the other.
 */
export class IndexPlaces {
  readonly #index: BinningIndex;
  /** Of each reference, where its records begin and end: the blocks, and how far into them. */
  readonly #blocks: Float64Array;
  readonly #within: Uint16Array;
  /** For each reference, the number of the first from there on that has records. */
  readonly #next: Int32Array;
  /** Where the last record that has a place ends; `undefined` if none has one. */
  readonly endOfPlaced: VirtualOffset | undefined;
  #binEnds: BinEnds | undefined;

  constructor(index: BinningIndex) {
    this.#index = index;
    const { length } = index.references;
    this.#blocks = new Float64Array(2 * length);
    this.#within = new Uint16Array(2 * length);
    this.#next = new Int32Array(length).fill(length);
    let end: VirtualOffset | undefined;
    let number = 0;
    for (const reference of index.references) {
      const extent = extentOf(reference);
      if (extent !== undefined) {
        this.#keep(number, extent);
        end = end === undefined ? extent.to : later(end, extent.to);
      }
      number += 1;
    }
    for (let before = length - 2; before >= 0; before -= 1) {
      if (this.#next[before] === length) this.#next[before] = this.#next[before + 1] ?? length;
    }
    this.endOfPlaced = end;
  }

  #keep(reference: number, { from, to }: Chunk): void {
    this.#blocks.set([from.block, to.block], 2 * reference);
    this.#within.set([from.within, to.within], 2 * reference);
    this.#next[reference] = reference;
  }

  /** Where the records of a reference are in the file; `undefined` if it has none. */
  extentOf(reference: number): Chunk | undefined {
    if (this.#next[reference] !== reference) return undefined;
    const at = 2 * reference;
    return {
      from: { block: this.#blocks[at] ?? 0, within: this.#within[at] ?? 0 },
      to: { block: this.#blocks[at + 1] ?? 0, within: this.#within[at + 1] ?? 0 },
    };
  }

  /** Where the records with a place begin; `undefined` if there are none. */
  get beginOfPlaced(): VirtualOffset | undefined {
    return this.extentOf(this.#next[0] ?? 0)?.from;
  }

  /**
   * Where to read from to meet the first record that begins at or behind a position of a reference (counted from 0), or
   * on a later one: a place at which a record begins, such that none that is wanted precedes it, and as close as the index
   * knows. `undefined` if no record is there.
   */
  searchFrom(reference: number, position: number): VirtualOffset | undefined {
    const next = this.#next[reference];
    const extent = next === undefined ? undefined : this.extentOf(next);
    if (extent === undefined || next !== reference || position === 0) return extent?.from;
    if (this.#binEnds?.reference !== reference) this.#binEnds = binEndsOf(this.#index, reference);
    // Whatever is in a bin that ends before the position begins before it, and the file is sorted by that.
    const place = placeUpTo(this.#binEnds, position);
    return place === undefined ? extent.from : later(extent.from, place);
  }
}

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
 * The stretches of the file that hold all records which overlap a region of a reference, from `from` (counted from 0) to
 * the base before `to`; and others, too. In rising order, those that touch joined.
 */
export const chunksOf = (
  index: BinningIndex,
  reference: number,
  from: number,
  to: number,
): readonly Chunk[] => {
  const indexed = index.references.at(reference);
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
