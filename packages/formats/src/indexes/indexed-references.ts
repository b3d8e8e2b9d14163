import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import {
  type Chunk,
  firstBinOf,
  type IndexedReference,
  type IndexedReferences,
  type ReadCounts,
} from './binning-index.ts';
import type { IndexBytes } from './index-bytes.ts';

/** How an index of this kind has its references. */
export interface Layout {
  readonly depth: number;
  /** CSI has the place of the first record in every bin, in the place of one for each window. */
  readonly isCsi: boolean;
}

const chunkSize = 16;

const readChunks = (bytes: IndexBytes): Chunk[] =>
  Array.from({ length: bytes.count('chunks', chunkSize) }, () => ({
    from: bytes.virtualOffset(),
    to: bytes.virtualOffset(),
  }));

/** A bin beyond all others holds, in the place of chunks, where the reference's records are, and how many they are. */
const readCounts = (bytes: IndexBytes): ReadCounts => {
  if (bytes.count('chunks', chunkSize) !== 2)
    throw bytes.malformed('expected two chunks in the bin of counts');
  bytes.bytes(chunkSize);
  return { mapped: bytes.uint64(), unmapped: bytes.uint64() };
};

const readReference = (bytes: IndexBytes, { depth, isCsi }: Layout): IndexedReference => {
  const bins = new Map<number, readonly Chunk[]>();
  const limit = firstBinOf(depth + 1);
  let counts: ReadCounts | undefined;
  for (let left = bytes.count('bins', isCsi ? 16 : 8); left > 0; left -= 1) {
    const bin = bytes.uint32();
    if (isCsi) bytes.bytes(8);
    if (bin > limit + 1)
      throw bytes.malformed(`bin ${bin} does not exist, the last is ${limit - 1}: make it anew`);
    if (bin === limit + 1) counts = readCounts(bytes);
    else bins.set(bin, readChunks(bytes));
  }
  const linear: VirtualOffset[] = isCsi
    ? []
    : Array.from({ length: bytes.count('windows', 8) }, () => bytes.virtualOffset());
  return { bins, linear, ...(counts === undefined ? {} : { counts }) };
};

/**
 * The references of an index, each read when it is asked for: an assembly has a million, of which all together, read,
 * would take ten times the memory of the index.
 */
export class ReadReferences implements IndexedReferences {
  readonly length: number;
  readonly #bytes: IndexBytes;
  readonly #layout: Layout;
  /** Where each begins in the index. */
  readonly #places: Float64Array;
  /** The one that was asked for last: mostly, it is asked for again. */
  #latest: { readonly number: number; readonly reference: IndexedReference } | undefined;

  /** Goes through all of them, so that what is damaged is refused at once. */
  constructor(bytes: IndexBytes, length: number, layout: Layout) {
    this.length = length;
    this.#bytes = bytes;
    this.#layout = layout;
    this.#places = new Float64Array(length);
    for (let number = 0; number < length; number += 1) {
      this.#places[number] = bytes.position;
      readReference(bytes, layout);
    }
  }

  at(number: number): IndexedReference | undefined {
    const place = this.#places[number];
    if (place === undefined) return undefined;
    if (this.#latest?.number !== number) {
      this.#latest = { number, reference: readReference(this.#bytes.from(place), this.#layout) };
    }
    return this.#latest.reference;
  }

  *[Symbol.iterator](): Generator<IndexedReference> {
    for (const place of this.#places) yield readReference(this.#bytes.from(place), this.#layout);
  }
}
