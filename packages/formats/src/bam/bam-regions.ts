import { expectMarker } from '../bgzf/concat-blocks.ts';
import type { ContentReader } from '../bgzf/content-reader.ts';
import { endOfBlocks } from '../bgzf/cut-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex } from '../indexes/binning-index.ts';
import { type RecordPlace, type SortedFile, SortedRegions } from '../indexes/sorted-regions.ts';
import { type BamReferences, readBamReferences } from './bam-header.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';

/** Cuts BAM files of regions out of one that is sorted by coordinate and has an index. */
export class BamRegions extends SortedRegions {
  readonly header: BamReferences;

  private constructor(sorted: SortedFile, header: BamReferences) {
    super(sorted);
    this.header = header;
  }

  /** @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows */
  static async open(file: RandomAccessFile, index: BinningIndex): Promise<BamRegions> {
    await expectMarker(file);
    const header = await readBamReferences(file);
    const { references } = header;
    if (index.references.length > references.length) {
      const text = `has ${references.length} references, its index ${index.references.length}: make it anew`;
      throw new FormatError('MALFORMED', text, { path: file.path });
    }
    const to = { block: await endOfBlocks(file), within: 0 };
    return new BamRegions({ file, index, references, records: { from: header.end, to } }, header);
  }

  protected override async readPlace(content: ContentReader): Promise<RecordPlace | string> {
    const fixed = await content.take(fixedRecordSize);
    const head =
      fixed.length < fixedRecordSize ? 'its end' : readRecordHead(fixed, 0, this.references.length);
    if (typeof head === 'string') return `expected a BAM record, found ${head}`;
    await content.skip(head.size - fixedRecordSize);
    return head;
  }
}
