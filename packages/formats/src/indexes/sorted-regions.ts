import { BlockCache } from '../bgzf/block-cache.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import { compareVirtualOffsets, type VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex, Chunk } from './binning-index.ts';
import { IndexPlaces } from './index-places.ts';
import { joinStretches } from './join-stretches.ts';
import type { Region } from './regions.ts';
import type { NamedReference } from './work.ts';

/** Where a record begins: the number of the reference, -1 for none, and the position on it, counted from 0. */
export interface RecordPlace {
  readonly reference: number;
  readonly position: number;
}

/** A file that is sorted by coordinate, compressed in blocks, and has an index. */
export interface SortedFile {
  readonly file: RandomAccessFile;
  readonly index: BinningIndex;
  /** In the order of the index. */
  readonly references: readonly NamedReference[];
  /** Where the records are; what precedes them is the header. */
  readonly records: Chunk;
}

/** Cuts files of regions out of a sorted file: records belong to the region in which they begin. */
export abstract class SortedRegions {
  readonly file: RandomAccessFile;
  readonly index: BinningIndex;
  readonly references: readonly NamedReference[];
  /** Where the first record begins, and where the last one ends. */
  readonly headerEnd: VirtualOffset;
  readonly end: VirtualOffset;
  readonly places: IndexPlaces;
  readonly #blocks: BlockCache;
  readonly #numbers: ReadonlyMap<string, number>;
  #header: readonly Piece[] | undefined;
  /** The place that was looked for last: the end of a region is mostly where the next one begins. */
  #latest:
    | { readonly reference: number; readonly position: number; readonly place: VirtualOffset }
    | undefined;

  protected constructor({ file, index, references, records }: SortedFile) {
    this.file = file;
    this.index = index;
    this.references = references;
    this.headerEnd = records.from;
    this.end = records.to;
    this.places = new IndexPlaces(index);
    this.#blocks = new BlockCache(file);
    this.#numbers = new Map(references.map(({ name }, number) => [name, number]));
  }

  /**
   * Reads one record and tells where it begins; `undefined` if it is none, and a text that says what was expected if it
   * cannot be one.
   */
  protected abstract readPlace(content: ContentReader): Promise<RecordPlace | string | undefined>;

  /** In bases; `undefined` if it is not known, or there is no such reference. */
  lengthOf(reference: string): number | undefined {
    return this.references[this.#numbers.get(reference) ?? -1]?.length;
  }

  /**
   * Where the records are that begin in a region. Those with a place behind the end of their reference are in the region
   * that reaches to its end. A reference that the file does not have has none.
   */
  async stretchOf({ reference, from, to }: Region): Promise<Chunk | undefined> {
    const number = this.#numbers.get(reference);
    if (number === undefined) return undefined;
    const isLast = to === undefined || to >= (this.references[number]?.length ?? Number.POSITIVE_INFINITY);
    const begin = await this.#firstAtOrBehind(number, from);
    const end = await (isLast ? this.#firstAtOrBehind(number + 1, 0) : this.#firstAtOrBehind(number, to));
    return { from: begin, to: end };
  }

  /** Where the records without a place are. */
  get unplaced(): Chunk {
    return { from: this.places.endOfPlaced ?? this.headerEnd, to: this.end };
  }

  /**
   * What stands where the index says that the last record with a place has ended. A record with a place tells that the
   * index does not belong to the file, or that the file was written to since.
   */
  async behindPlaced(): Promise<'nothing' | 'unplaced' | 'placed'> {
    const { block, within } = this.unplaced.from;
    if (block > this.end.block || (block === this.end.block && within > 0)) return 'placed';
    const content = new ContentReader(this.file, this.unplaced.from, this.end.block);
    for (;;) {
      if (await content.isAtEnd()) return 'nothing';
      const place = await this.readPlace(content);
      if (place === undefined) continue;
      return typeof place === 'object' && place.reference === -1 ? 'unplaced' : 'placed';
    }
  }

  /**
   * What a file of these stretches is put together of, bit by bit: the header, which is the same pieces each time, the
   * records, and the end-of-file marker.
   */
  async *cut(stretches: readonly Chunk[]): AsyncGenerator<Piece> {
    this.#header ??= await cutBlocks(this.file, { block: 0, within: 0 }, this.headerEnd);
    yield* this.#header;
    for (const { from, to } of joinStretches(stretches))
      yield* await cutBlocks(this.file, from, to, this.#blocks);
    yield { bytes: endOfFileMarker };
  }

  async #firstAtOrBehind(reference: number, position: number): Promise<VirtualOffset> {
    if (reference === 0 && position === 0) return this.headerEnd;
    const latest = this.#latest;
    if (latest?.reference === reference && latest.position === position) return latest.place;
    const place = await this.#find(reference, position);
    this.#latest = { reference, position, place };
    return place;
  }

  /**
   * Where to begin to look for the first record at or behind a position, or on a later reference: where the index says,
   * or, of regions in rising order, where the one before has ended.
   */
  #searchFrom(reference: number, position: number): VirtualOffset {
    const known = this.places.searchFrom(reference, position) ?? this.unplaced.from;
    const latest = this.#latest;
    const isBefore =
      latest !== undefined &&
      (latest.reference < reference || (latest.reference === reference && latest.position <= position));
    return isBefore && compareVirtualOffsets(latest.place, known) > 0 ? latest.place : known;
  }

  /** Reads the few records from where the index knows one to the first that begins at or behind a position. */
  async #find(reference: number, position: number): Promise<VirtualOffset> {
    const from = this.#searchFrom(reference, position);
    const content = new ContentReader(this.file, from, this.end.block, this.#blocks);
    for (;;) {
      const at = content.position;
      if (await content.isAtEnd()) return this.end;
      const place = await this.readPlace(content);
      if (place === undefined) continue;
      if (typeof place === 'string') throw this.#foreign(place, at);
      // Records without a place stand at the end.
      if (place.reference === -1 || place.reference > reference) return at;
      if (place.reference === reference && Math.max(0, place.position) >= position) return at;
    }
  }

  #foreign(expected: string, at: VirtualOffset): FormatError {
    const text = `${expected}; does the index belong to this file?`;
    return new FormatError('MALFORMED', text, { path: this.file.path, offset: at.block });
  }
}
