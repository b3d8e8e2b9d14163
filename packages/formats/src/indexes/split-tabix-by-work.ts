import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex, TabixColumns } from './binning-index.ts';
import { type DivideOptions, divideWork, type WorkPart } from './divide-work.ts';
import { placeBefore } from './index-places.ts';
import { workByBins } from './work.ts';

/** A part of a file of lines, sorted and compressed in blocks, which is such a file of its own. */
export interface TabixPart extends WorkPart {
  /** Where its first line begins in the file, and where the last one ends. */
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
  /** What it is put together of: the header, the lines that begin in its regions, and the end-of-file marker. */
  readonly pieces: readonly Piece[];
}

/** Columns that tell a place are among the first, and names of references are short. */
const beginningOfLine = 64 * 1024;

/** A sorted file that is being cut. */
interface Indexed {
  readonly file: RandomAccessFile;
  readonly index: BinningIndex;
  readonly columns: TabixColumns;
  readonly numbers: ReadonlyMap<string, number>;
  readonly end: VirtualOffset;
}

const isComment = (line: Buffer, { comment }: TabixColumns): boolean => line[0] === comment.charCodeAt(0);

/** Where the header ends: the comments and the lines to be skipped before the first record. */
const endOfHeader = async ({ file, columns, end }: Indexed): Promise<VirtualOffset> => {
  const content = new ContentReader(file, { block: 0, within: 0 }, end.block);
  for (let number = 0; ; number += 1) {
    const at = content.position;
    const line = await content.takeLine(1);
    if (line === undefined) return end;
    if (number >= columns.skippedLines && !isComment(line, columns)) return at;
  }
};

/** Reads from a line at which reference and position it begins. */
const placeOf = (line: Buffer, { columns, numbers }: Indexed) => {
  const values = line.toString('utf8').split('\t');
  const reference = numbers.get(values[columns.sequence - 1] ?? '');
  const begin = Number(values[columns.begin - 1]);
  if (reference === undefined || !Number.isSafeInteger(begin)) return undefined;
  // A VCF file tells of telomeres at position 0, which is before the first base.
  return { reference, position: Math.max(0, columns.zeroBased ? begin : begin - 1) };
};

const foreignLine = ({ file, columns }: Indexed, at: VirtualOffset): FormatError => {
  const expected = `a reference of the index in column ${columns.sequence} and a position in column ${columns.begin}`;
  const text = `expected a line with ${expected}; does the index belong to this file?`;
  return new FormatError('MALFORMED', text, { path: file.path, offset: at.block });
};

/** Reads the few lines from where the index knows one to the first that begins at or behind a position. */
const firstAtOrBehind = async (
  indexed: Indexed,
  reference: number,
  position: number,
): Promise<VirtualOffset | undefined> => {
  const start = placeBefore(indexed.index, reference, position);
  if (start === undefined) return undefined;
  const content = new ContentReader(indexed.file, start, indexed.end.block);
  for (;;) {
    const at = content.position;
    const line = await content.takeLine(beginningOfLine);
    if (line === undefined) return indexed.end;
    if (isComment(line, indexed.columns)) continue;
    const place = placeOf(line, indexed);
    if (place === undefined) throw foreignLine(indexed, at);
    if (place.reference > reference) return at;
    if (place.reference === reference && place.position >= position) return at;
  }
};

const columnsOf = ({ columns }: BinningIndex, { path }: RandomAccessFile): TabixColumns => {
  if (columns !== undefined) return columns;
  throw new FormatError(
    'MALFORMED',
    'the index tells of no columns: make it with `tabix`, or `bcftools index`',
    {
      path,
    },
  );
};

/**
 * Cuts a file of lines (VCF, BED, GFF and whatever else tabix indexes) that is sorted and compressed by bgzip into such
 * files by regions of about equal work (see `divideWork`). Every line is in the one part in whose regions it begins, and
 * each part has the header. Blocks are copied as they are, and of the file only the header and some blocks at each cut
 * are read.
 * @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows
 */
export async function* splitTabixByWork(
  file: RandomAccessFile,
  index: BinningIndex,
  options: DivideOptions,
): AsyncGenerator<TabixPart> {
  await expectMarker(file);
  const columns = columnsOf(index, file);
  const end = { block: await endOfBlocks(file), within: 0 };
  const numbers = new Map(columns.names.map((name, number) => [name, number]));
  const indexed: Indexed = { file, index, columns, numbers, end };
  const headerEnd = await endOfHeader(indexed);
  const header = await cutBlocks(file, { block: 0, within: 0 }, headerEnd);
  const cut = async (part: WorkPart, from: VirtualOffset, to: VirtualOffset): Promise<TabixPart> => ({
    ...part,
    from,
    to,
    pieces: [...header, ...(await cutBlocks(file, from, to)), { bytes: endOfFileMarker }],
  });
  let before: { readonly part: WorkPart; readonly from: VirtualOffset } | undefined;
  const names = columns.names.map((name) => ({ name }));
  // Every line has a place.
  const work = { ...workByBins(index, names, end.block), unplaced: { bytes: 0, reads: 0 } };
  for (const part of divideWork(work, options)) {
    const [first] = part.regions;
    const from =
      before === undefined || first === undefined
        ? headerEnd
        : ((await firstAtOrBehind(indexed, numbers.get(first.reference) ?? 0, first.from)) ?? end);
    if (before !== undefined) yield await cut(before.part, before.from, from);
    before = { part, from };
  }
  if (before !== undefined) yield await cut(before.part, before.from, end);
}
