import type { VirtualOffset } from '../bgzf/virtual-offset.ts';

/** A stretch of a BGZF file in which records are; both ends are where a record begins, or the last one ends. */
export interface Chunk {
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
}

/** How many records a reference has, as samtools counts them. */
export interface ReadCounts {
  readonly mapped: number;
  /** Without an alignment, but with the place of their mate. */
  readonly unmapped: number;
}

/** What an index knows of one reference. */
export interface IndexedReference {
  /**
   * The chunks in which the records of a bin are, in rising order, by the number of the bin. A record is in the smallest
   * bin that holds all of it; records of other bins may stand between.
   */
  readonly bins: ReadonlyMap<number, readonly Chunk[]>;
  /** Where the first record that overlaps each window of 16,384 bases begins; empty in an index of the kind CSI. */
  readonly linear: readonly VirtualOffset[];
  readonly counts?: ReadCounts;
}

/** What an index knows of its references, by their numbers from 0; an array is one. */
export interface IndexedReferences extends Iterable<IndexedReference> {
  readonly length: number;
  at(number: number): IndexedReference | undefined;
}

/** How a tabix index says where the columns of a line are. */
export interface TabixColumns {
  /** Counted from 1; the end is 0 where lines have none. */
  readonly sequence: number;
  readonly begin: number;
  readonly end: number;
  readonly format: 'generic' | 'sam' | 'vcf';
  /** Whether positions are counted from 0, as in BED. */
  readonly zeroBased: boolean;
  /** Lines that begin with it are no records. */
  readonly comment: string;
  /** Lines at the beginning that are no records. */
  readonly skippedLines: number;
  /** Of the references, in the order of the index. */
  readonly names: readonly string[];
}

/** An index of the kinds BAI, CSI or TBI (section 5 of the SAM specification, and those of CSI and tabix). */
export interface BinningIndex {
  readonly kind: 'bai' | 'csi' | 'tbi';
  /** The smallest bins have 2 to this power bases. */
  readonly minimalShift: number;
  /** How many times bins are divided into eight smaller ones. */
  readonly depth: number;
  readonly references: IndexedReferences;
  /** Records without a place, which are at the end of the file. */
  readonly unplaced?: number;
  /** Of what tabix or bcftools has indexed. */
  readonly columns?: TabixColumns;
}

/** The number of the first bin of a level; level 0 is the one bin that holds all. */
export const firstBinOf = (level: number): number => (8 ** level - 1) / 7;

/** The bases of a bin: from, counted from 0, to the one behind the last. */
export const basesOfBin = (
  { minimalShift, depth }: Pick<BinningIndex, 'minimalShift' | 'depth'>,
  bin: number,
): { readonly from: number; readonly to: number } => {
  let level = 0;
  while (firstBinOf(level + 1) <= bin) level += 1;
  const size = 2 ** (minimalShift + 3 * (depth - level));
  const from = (bin - firstBinOf(level)) * size;
  return { from, to: from + size };
};
