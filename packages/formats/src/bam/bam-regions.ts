import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex, Chunk } from '../indexes/binning-index.ts';
import { endOfPlaced, placeBefore } from '../indexes/index-places.ts';
import { joinStretches } from '../indexes/join-stretches.ts';
import type { Region } from '../indexes/regions.ts';
import { type BamHeader, readBamHeader } from './bam-header.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';

/** Cuts BAM files of regions out of one that is sorted by coordinate and has an index. */
export class BamRegions {
  readonly file: RandomAccessFile;
  readonly index: BinningIndex;
  readonly header: BamHeader;
  /** Where the last record ends. */
  readonly end: VirtualOffset;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #headerPieces: readonly Piece[];
  /** The place that was looked for last: the end of a region is mostly where the next one begins. */
  #latest:
    | { readonly reference: number; readonly position: number; readonly place: VirtualOffset }
    | undefined;

  private constructor(
    file: RandomAccessFile,
    index: BinningIndex,
    header: BamHeader,
    end: VirtualOffset,
    headerPieces: readonly Piece[],
  ) {
    this.file = file;
    this.index = index;
    this.header = header;
    this.end = end;
    this.#numbers = new Map(header.references.map(({ name }, number) => [name, number]));
    this.#headerPieces = headerPieces;
  }

  /** @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows */
  static async open(file: RandomAccessFile, index: BinningIndex): Promise<BamRegions> {
    await expectMarker(file);
    const header = await readBamHeader(file);
    if (index.references.length > header.references.length) {
      const text = `has ${header.references.length} references, its index ${index.references.length}: make it anew`;
      throw new FormatError('MALFORMED', text, { path: file.path });
    }
    const end = { block: await endOfBlocks(file), within: 0 };
    return new BamRegions(
      file,
      index,
      header,
      end,
      await cutBlocks(file, { block: 0, within: 0 }, header.end),
    );
  }

  /**
   * Where the records are that begin in a region. Those of a reference that have a place behind its end are in the
   * region that reaches to its end. A reference that the file does not have has none.
   */
  async stretchOf({ reference, from, to }: Region): Promise<Chunk | undefined> {
    const number = this.#numbers.get(reference);
    if (number === undefined) return undefined;
    const length = this.header.references[number]?.length ?? 0;
    const isLast = to === undefined || to >= length;
    const begin = await this.#firstAtOrBehind(number, from);
    return {
      from: begin,
      to: await (isLast ? this.#firstAtOrBehind(number + 1, 0) : this.#firstAtOrBehind(number, to)),
    };
  }

  /** Where the records without a place are. */
  get unplaced(): Chunk {
    return { from: endOfPlaced(this.index) ?? this.header.end, to: this.end };
  }

  /** What a file of these stretches is put together of: the header, the records, and the end-of-file marker. */
  async cut(stretches: readonly Chunk[]): Promise<readonly Piece[]> {
    const pieces = [...this.#headerPieces];
    for (const { from, to } of joinStretches(stretches))
      pieces.push(...(await cutBlocks(this.file, from, to)));
    return [...pieces, { bytes: endOfFileMarker }];
  }

  async #firstAtOrBehind(reference: number, position: number): Promise<VirtualOffset> {
    if (reference === 0 && position === 0) return this.header.end;
    const latest = this.#latest;
    if (latest?.reference === reference && latest.position === position) return latest.place;
    const place = await this.#find(reference, position);
    this.#latest = { reference, position, place };
    return place;
  }

  /** Where to begin to look for the first record at or behind a position: on its reference, or on the next that has any. */
  #searchFrom(reference: number, position: number): VirtualOffset {
    const own = placeBefore(this.index, reference, position);
    if (own !== undefined) return own;
    for (let next = reference + 1; next < this.index.references.length; next += 1) {
      const place = placeBefore(this.index, next, 0);
      if (place !== undefined) return place;
    }
    return this.unplaced.from;
  }

  /** Reads the few records from where the index knows one to the first that begins at or behind a position. */
  async #find(reference: number, position: number): Promise<VirtualOffset> {
    const content = new ContentReader(this.file, this.#searchFrom(reference, position), this.end.block);
    for (;;) {
      const at = content.position;
      const fixed = await content.take(fixedRecordSize);
      if (fixed.length === 0) return this.end;
      const head =
        fixed.length < fixedRecordSize ? 'its end' : readRecordHead(fixed, 0, this.header.references.length);
      if (typeof head === 'string') {
        const text = `expected a BAM record, found ${head}; does the index belong to this file?`;
        throw new FormatError('MALFORMED', text, { path: this.file.path, offset: at.block });
      }
      // Reads without a place stand at the end.
      if (head.reference === -1 || head.reference > reference) return at;
      if (head.reference === reference && Math.max(0, head.position) >= position) return at;
      await content.skip(head.size - fixedRecordSize);
    }
  }
}
