import { expectMarker } from '../bgzf/concat-blocks.ts';
import type { ContentReader } from '../bgzf/content-reader.ts';
import { endOfBlocks } from '../bgzf/cut-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { BinningIndex } from '../indexes/binning-index.ts';
import { type RecordPlace, type SortedFile, SortedRegions } from '../indexes/sorted-regions.ts';
import { readBcfHeader } from './bcf-header.ts';

/** The two lengths of a record, and the reference and the position with which it begins. */
const fixedSize = 16;
const sizeOfLengths = 8;

/** Cuts BCF files of regions out of one that is sorted and has an index. */
export class BcfRegions extends SortedRegions {
  private constructor(sorted: SortedFile) {
    super(sorted);
  }

  /** @throws FormatError MALFORMED if the file is no BCF, damaged or incomplete, as far as that shows */
  static async open(file: RandomAccessFile, index: BinningIndex): Promise<BcfRegions> {
    await expectMarker(file);
    const { references, end } = await readBcfHeader(file);
    const to = { block: await endOfBlocks(file), within: 0 };
    return new BcfRegions({ file, index, references, records: { from: end, to } });
  }

  protected override async readPlace(content: ContentReader): Promise<RecordPlace | string> {
    const fixed = await content.take(fixedSize);
    if (fixed.length < fixedSize) return 'expected a BCF record, found its end';
    const [shared, individual] = [fixed.readUInt32LE(0), fixed.readUInt32LE(4)];
    const [reference, position] = [fixed.readInt32LE(8), fixed.readInt32LE(12)];
    const isRecord = shared >= 24 && reference >= 0 && reference < this.references.length && position >= -1;
    if (!isRecord) return 'expected a BCF record, found something else';
    await content.skip(sizeOfLengths + shared + individual - fixedSize);
    return { reference, position };
  }
}
