import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { endOfBlocks } from '../bgzf/cut-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex, TabixColumns } from './binning-index.ts';
import { type RecordPlace, type SortedFile, SortedRegions } from './sorted-regions.ts';

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
export class TabixRegions extends SortedRegions {
  readonly columns: TabixColumns;
  readonly #numberOf: ReadonlyMap<string, number>;

  private constructor(sorted: SortedFile, columns: TabixColumns) {
    super(sorted);
    this.columns = columns;
    this.#numberOf = new Map(columns.names.map((name, number) => [name, number]));
  }

  /**
   * @param lengths of references in bases, as far as they are known
   * @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows
   */
  static async open(
    file: RandomAccessFile,
    index: BinningIndex,
    lengths: ReadonlyMap<string, number> = new Map(),
  ): Promise<TabixRegions> {
    await expectMarker(file);
    const columns = columnsOf(index, file);
    const to = { block: await endOfBlocks(file), within: 0 };
    const from = await endOfHeader(file, columns, to);
    const references = columns.names.map((name) => ({ name, length: lengths.get(name) }));
    return new TabixRegions({ file, index, references, records: { from, to } }, columns);
  }

  protected override async readPlace(content: ContentReader): Promise<RecordPlace | string | undefined> {
    const line = (await content.takeLine(beginningOfLine)) ?? Buffer.alloc(0);
    if (isComment(line, this.columns)) return undefined;
    const { sequence, begin, zeroBased } = this.columns;
    const values = line.toString('utf8').split('\t');
    const reference = this.#numberOf.get(values[sequence - 1] ?? '');
    const position = Number(values[begin - 1]);
    if (reference === undefined || !Number.isSafeInteger(position)) {
      return `expected a line with a reference of the index in column ${sequence} and a position in column ${begin}`;
    }
    // A VCF file tells of telomeres at position 0, which is before the first base.
    return { reference, position: zeroBased ? position : position - 1 };
  }
}
