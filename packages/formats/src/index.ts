/**
 * Finds records in sequence files as streams, without ever holding a file.
 *
 * @example
 * ```ts
 * import { openSource, recordFormatNamed, scanRecords } from '@galaxy-mesos/formats';
 *
 * await using source = await openSource('genes.fasta');
 * for await (const starts of scanRecords(recordFormatNamed('fasta'), source).starts) console.log(starts);
 * ```
 *
 * @module
 */
export {
  type BamHeader,
  type BamReference,
  type BamReferences,
  readBamHeader,
  readBamReferences,
} from './bam/bam-header.ts';
export { BamRegions } from './bam/bam-regions.ts';
export { concatBam } from './bam/concat-bam.ts';
export { type BamPart, type SplitBamAmount, type SplitBamOptions, splitBam } from './bam/cut-bam.ts';
export { findRecord } from './bam/find-record.ts';
export { probeWork } from './bam/probe-work.ts';
export { BamRecordScanner, type BamScanOptions } from './bam/record-scanner.ts';
export { scanBam } from './bam/scan-bam.ts';
export { type BamRegionPart, splitBamByWork } from './bam/split-bam-by-work.ts';
export { BcfRegions } from './bcf/bcf-regions.ts';
export { BlockCache } from './bgzf/block-cache.ts';
export { type BlockEntry, scanBlocks } from './bgzf/block-windows.ts';
export { concatBgzf } from './bgzf/concat-blocks.ts';
export { cutContent, locateContent, type Surroundings } from './bgzf/content-offsets.ts';
export {
  type BlockFrame,
  blocksOf,
  cutBlocks,
  cutFile,
  endOfBlocks,
  endsWithMarker,
} from './bgzf/cut-blocks.ts';
export { deflateBlocks, endOfFileMarker } from './bgzf/deflate-blocks.ts';
export type { RandomAccessFile } from './bgzf/file-cursor.ts';
export { type FilePiece, type Piece, readPieces, sizeOfPieces } from './bgzf/pieces.ts';
export { compareVirtualOffsets, type VirtualOffset } from './bgzf/virtual-offset.ts';
export { type Compression, compressionOf, detectCompression } from './compression/compression.ts';
export { type EncodeOptions, encode, type WrittenCompression } from './compression/encode.ts';
export { type DecodedSource, type OpenDecodedOptions, openDecoded } from './compression/open-decoded.ts';
export { type DetectedFormat, detectFormat, formatForDatatype } from './detect-format.ts';
export { fasta } from './fasta/fasta.ts';
export { FormatError, type FormatErrorCode, type Place } from './format-error.ts';
export type {
  BinningIndex,
  Chunk,
  IndexedReference,
  IndexedReferences,
  ReadCounts,
  TabixColumns,
} from './indexes/binning-index.ts';
export { type CramSlice, parseCrai, readCrai } from './indexes/crai.ts';
export { type DivideOptions, divideWork, firstWith, type WorkPart } from './indexes/divide-work.ts';
export { type FastaIndexEntry, parseFai, readFai } from './indexes/fai.ts';
export { type BlockStart, blockAt, locateByGzi, parseGzi, readGzi, writeGzi } from './indexes/gzi.ts';
export { chunksOf, IndexPlaces, recordStartsOf } from './indexes/index-places.ts';
export { parseBinningIndex, readBinningIndex } from './indexes/parse-binning-index.ts';
export { formatRegion, ownershipExpression, parseRegion, type Region } from './indexes/regions.ts';
export { SortedRegions } from './indexes/sorted-regions.ts';
export { splitTabixByWork, type TabixPart } from './indexes/split-tabix-by-work.ts';
export { TabixRegions } from './indexes/tabix-regions.ts';
export {
  type FileWork,
  type NamedReference,
  type ReferenceWork,
  type ReferenceWorks,
  workByBins,
  workBySlices,
} from './indexes/work.ts';
export { readLines } from './lines/read-lines.ts';
export { type Frame, noFrame, type RecordFormat, type RecordScanner, type ScanEnd } from './record-format.ts';
export { formatForFileName, recordFormatNamed, recordFormats } from './record-formats.ts';
export { type RecordScan, scanRecords } from './record-scan.ts';
export { quoteText } from './signatures.ts';
export { type SniffedFile, sniffFile } from './sniff/sniff-file.ts';
export { sniffFormat } from './sniff/sniff-format.ts';
export {
  type ByteRange,
  type ByteSource,
  type FileSource,
  type OpenSourceOptions,
  openSource,
} from './source.ts';
export { readContigs } from './vcf/contigs.ts';
