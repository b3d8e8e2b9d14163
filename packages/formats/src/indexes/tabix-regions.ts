import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex, Chunk, TabixColumns } from './binning-index.ts';
import { placeBefore } from './index-places.ts';
import { joinStretches } from './join-stretches.ts';
import type { Region } from './regions.ts';

/** Columns that tell a place are among the first, and names of references are short. */
const beginningOfLine = 64 * 1024;

const isComment = (line: Buffer, { comment }: TabixColumns): boolean => line[0] === comment.charCodeAt(0);

/** Where the header ends: the comments and the lines to be skipped before the first record. */
const endOfHeader = async (
  file: RandomAccessFile,
  columns: TabixColumns,
  end: VirtualOffset,
): Promise<VirtualOffset> => {
  const content = new ContentReader(file, { block: 0, within: 0 }, end.block);
  for (let number = 0; ; number += 1) {
    const at = content.position;
    const line = await content.takeLine(1);
    if (line === undefined) return end;
    if (number >= columns.skippedLines && !isComment(line, columns)) return at;
  }
};

const columnsOf = ({ columns }: BinningIndex, { path }: RandomAccessFile): TabixColumns => {
  if (columns !== undefined) return columns;
  const text = 'the index tells of no columns: make it with `tabix`, or `bcftools index`';
  throw new FormatError('MALFORMED', text, { path });
};

/** Cuts files of regions out of a file of lines that is sorted, compressed by bgzip, and has an index of tabix. */
export class TabixRegions {
  readonly file: RandomAccessFile;
  readonly index: BinningIndex;
  readonly columns: TabixColumns;
  /** Where the first record begins, and the last one ends. */
  readonly headerEnd: VirtualOffset;
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
    columns: TabixColumns,
    body: Chunk,
    headerPieces: readonly Piece[],
  ) {
    this.file = file;
    this.index = index;
    this.columns = columns;
    this.headerEnd = body.from;
    this.end = body.to;
    this.#numbers = new Map(columns.names.map((name, number) => [name, number]));
    this.#headerPieces = headerPieces;
  }

  /** @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows */
  static async open(file: RandomAccessFile, index: BinningIndex): Promise<TabixRegions> {
    await expectMarker(file);
    const columns = columnsOf(index, file);
    const to = { block: await endOfBlocks(file), within: 0 };
    const from = await endOfHeader(file, columns, to);
    const header = await cutBlocks(file, { block: 0, within: 0 }, from);
    return new TabixRegions(file, index, columns, { from, to }, header);
  }

  /** Where the lines are that begin in a region. A reference that the index does not know has none. */
  async stretchOf({ reference, from, to }: Region): Promise<Chunk | undefined> {
    const number = this.#numbers.get(reference);
    if (number === undefined) return undefined;
    const begin = await this.#firstAtOrBehind(number, from);
    return {
      from: begin,
      to: await (to === undefined ? this.#firstAtOrBehind(number + 1, 0) : this.#firstAtOrBehind(number, to)),
    };
  }

  /** What a file of these stretches is put together of: the header, the lines, and the end-of-file marker. */
  async cut(stretches: readonly Chunk[]): Promise<readonly Piece[]> {
    const pieces = [...this.#headerPieces];
    for (const { from, to } of joinStretches(stretches))
      pieces.push(...(await cutBlocks(this.file, from, to)));
    return [...pieces, { bytes: endOfFileMarker }];
  }

  async #firstAtOrBehind(reference: number, position: number): Promise<VirtualOffset> {
    if (reference === 0 && position === 0) return this.headerEnd;
    const latest = this.#latest;
    if (latest?.reference === reference && latest.position === position) return latest.place;
    const place = await this.#find(reference, position);
    this.#latest = { reference, position, place };
    return place;
  }

  /** Reads the few lines from where the index knows one to the first that begins at or behind a position. */
  async #find(reference: number, position: number): Promise<VirtualOffset> {
    const start = this.#searchFrom(reference, position);
    if (start === undefined) return this.end;
    const content = new ContentReader(this.file, start, this.end.block);
    for (;;) {
      const at = content.position;
      const line = await content.takeLine(beginningOfLine);
      if (line === undefined) return this.end;
      if (isComment(line, this.columns)) continue;
      const place = this.#placeOf(line);
      if (place === undefined) throw this.#foreignLine(at);
      if (place.reference > reference) return at;
      if (place.reference === reference && place.position >= position) return at;
    }
  }

  /** On the reference, or on the next that has any lines. */
  #searchFrom(reference: number, position: number): VirtualOffset | undefined {
    const own = placeBefore(this.index, reference, position);
    if (own !== undefined) return own;
    for (let next = reference + 1; next < this.index.references.length; next += 1) {
      const place = placeBefore(this.index, next, 0);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** Reads from a line at which reference and position it begins. */
  #placeOf(line: Buffer): { readonly reference: number; readonly position: number } | undefined {
    const values = line.toString('utf8').split('\t');
    const reference = this.#numbers.get(values[this.columns.sequence - 1] ?? '');
    const begin = Number(values[this.columns.begin - 1]);
    if (reference === undefined || !Number.isSafeInteger(begin)) return undefined;
    // A VCF file tells of telomeres at position 0, which is before the first base.
    return { reference, position: Math.max(0, this.columns.zeroBased ? begin : begin - 1) };
  }

  #foreignLine(at: VirtualOffset): FormatError {
    const { sequence, begin } = this.columns;
    const expected = `a reference of the index in column ${sequence} and a position in column ${begin}`;
    const text = `expected a line with ${expected}; does the index belong to this file?`;
    return new FormatError('MALFORMED', text, { path: this.file.path, offset: at.block });
  }
}
