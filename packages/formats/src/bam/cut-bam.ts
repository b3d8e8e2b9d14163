import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import { compareVirtualOffsets, type VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import { type BamReferences, readBamReferences } from './bam-header.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';
import { findRecord } from './find-record.ts';
import { scanBam } from './scan-bam.ts';

/** Into how many parts {@link splitBam} cuts, and how it knows where records begin. */
export type SplitBamOptions = {
  /**
   * Places at which records begin, in any order: those that an index knows (`recordStartsOf`). They are believed. Between
   * two of them that are far apart, and without them, places are found by how records look.
   */
  readonly recordStarts?: readonly VirtualOffset[];
  /** Decompresses the whole file first, so that every place is certain and any damage is noticed. */
  readonly verify?: boolean;
  /** Parts no reads of one name that follow each other, as in files that are sorted or collated by name. */
  readonly group?: boolean;
  /** Takes a file without an end-of-file marker, which most likely lost its end. */
  readonly acceptWithoutMarker?: boolean;
} & SplitBamAmount;

/** How many parts there are, or how much of the compressed file each has at most, about. */
export type SplitBamAmount =
  | { readonly parts: number }
  | { readonly maximalSize: number }
  | {
      /** Asked before each cut; `before` is the part that was told last, none before the first. */
      readonly nextSize: (before: BamPart | undefined) => Promise<number>;
    };

/** A part of a BAM file, which is a BAM file of its own. */
export interface BamPart {
  /** Counted from 0. */
  readonly index: number;
  /** Where its first record begins in the file, and where the last one ends. */
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
  /** What it is put together of: the header, its records, and the end-of-file marker. */
  readonly pieces: readonly Piece[];
  /** How much of the compressed file is its own: what its work is reckoned by. */
  readonly compressedSize: number;
  readonly isLast: boolean;
}

/** Knows where in the file cuts would be, were records of no length. */
interface Aim {
  /** How much farther than aimed at a place of an index may be: else one is found by how records look. */
  readonly detour: number;
  /** The first place behind the last cut, in bytes from the beginning of the file; infinite if there is none. */
  next(last: number): Promise<number>;
}

const leastDetour = 256 * 1024;

const aimAt = (options: SplitBamOptions, from: number, end: number, told: () => BamPart | undefined): Aim => {
  if ('nextSize' in options) {
    const next = async (last: number) => last + Math.max(1, await options.nextSize(told()));
    return { detour: leastDetour, next };
  }
  const size = end - from;
  const parts = partsOf(options, size);
  let index = 1;
  const at = () => (index < parts ? Math.round(from + (size * index) / parts) : Number.POSITIVE_INFINITY);
  const next = async (last: number) => {
    while (at() <= last) index += 1;
    return at();
  };
  return { detour: Math.max(leastDetour, size / parts / 8), next };
};

const partsOf = (options: Exclude<SplitBamAmount, { nextSize: unknown }>, size: number): number => {
  const bySize = 'maximalSize' in options;
  const parts = bySize ? Math.max(1, Math.ceil(size / options.maximalSize)) : options.parts;
  if (Number.isSafeInteger(parts) && parts >= 1 && !(bySize && options.maximalSize <= 0)) return parts;
  const found = bySize ? `parts of at most ${options.maximalSize} bytes` : `${parts} parts`;
  throw new FormatError('OUT_OF_RANGE', `expected at least one part, and one byte in each, found ${found}`);
};

/** Goes on to where a read of another name begins. `undefined` if none does. */
const endOfGroup = async (
  file: RandomAccessFile,
  header: BamReferences,
  from: VirtualOffset,
  end: number,
): Promise<VirtualOffset | undefined> => {
  const content = new ContentReader(file, from, end);
  let name: Buffer | undefined;
  for (;;) {
    const at = content.position;
    const fixed = await content.take(fixedRecordSize);
    if (fixed.length === 0) return undefined;
    const head =
      fixed.length < fixedRecordSize ? 'its end' : readRecordHead(fixed, 0, header.references.length);
    if (typeof head === 'string') {
      const text = `expected a BAM record, found ${head}: the file is damaged`;
      throw new FormatError('MALFORMED', text, { path: file.path, offset: at.block });
    }
    const itsName = await content.take(head.nameSize);
    if (name !== undefined && !itsName.equals(name)) return at;
    name = itsName;
    await content.skip(head.size - fixedRecordSize - head.nameSize);
  }
};

/** What is known of a file that is being cut. */
interface Known {
  readonly file: RandomAccessFile;
  readonly header: BamReferences;
  readonly end: number;
}

async function* certainCuts(
  { file, header, end }: Known,
  aim: Aim,
  group: boolean,
): AsyncGenerator<VirtualOffset> {
  let target = await aim.next(header.end.block);
  for await (const starts of scanBam(file, { header, end, group })) {
    for (const start of starts) {
      if (start.block < target) continue;
      yield start;
      target = await aim.next(start.block);
    }
  }
}

async function* conjecturedCuts(
  { file, header, end }: Known,
  aim: Aim,
  options: SplitBamOptions,
): AsyncGenerator<VirtualOffset> {
  const starts = (options.recordStarts ?? []).toSorted(compareVirtualOffsets);
  let last = header.end.block;
  for (let target = await aim.next(last); target < end; target = await aim.next(last)) {
    const known = starts[firstAtOrBehind(starts, target)];
    const near = known !== undefined && known.block - target <= aim.detour;
    const start = near ? known : await findRecord(file, header.references, target, end);
    const isGrouped = start !== undefined && options.group === true;
    const cut = isGrouped ? await endOfGroup(file, header, start, end) : start;
    if (cut === undefined) return;
    yield cut;
    last = cut.block;
  }
}

/** By halves: an index of a large file knows a million places. */
const firstAtOrBehind = (starts: readonly VirtualOffset[], block: number): number => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle]?.block ?? 0) < block) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Yields the cuts that leave something between each two of them, and the end. */
async function* risingCuts(
  cuts: AsyncIterable<VirtualOffset>,
  from: VirtualOffset,
  end: VirtualOffset,
): AsyncGenerator<VirtualOffset> {
  let last = from;
  for await (const cut of cuts) {
    if (compareVirtualOffsets(cut, last) <= 0 || compareVirtualOffsets(cut, end) >= 0) continue;
    yield cut;
    last = cut;
  }
  yield end;
}

/**
 * Cuts a BAM file into BAM files of about equal compressed size, whatever order it is in: every record is in one part,
 * in the order of the file. Blocks are copied as they are; only those of the header's end and of the two ends of a part
 * are compressed anew, and without `verify` no others are read. There are fewer parts than asked for where too few
 * places to cut exist, but always one.
 *
 * Records are nowhere marked in a BAM file: each tells its length, so that only whoever reads all of them knows where
 * one begins. The parts are right if every cut is where the chain of records has a link. That holds for the places of an
 * index and with `verify`; for others, see `findRecord`: the first part begins where the header ends, and a program that
 * reads it to its end without an error has proven the cut behind it, and so on. A wrong cut therefore shows as an
 * error ("truncated") of the part before it, never as reads that are lost.
 * @throws FormatError MALFORMED if the file is damaged or incomplete, as far as that was looked at
 */
export async function* splitBam(file: RandomAccessFile, options: SplitBamOptions): AsyncGenerator<BamPart> {
  if (options.acceptWithoutMarker !== true) await expectMarker(file);
  const header = await readBamReferences(file);
  const end = await endOfBlocks(file);
  const known: Known = { file, header, end };
  let told: BamPart | undefined;
  const aim = aimAt(options, header.end.block, end, () => told);
  const cuts =
    options.verify === true
      ? certainCuts(known, aim, options.group === true)
      : conjecturedCuts(known, aim, options);
  const headerPieces = await cutBlocks(file, { block: 0, within: 0 }, header.end);
  let from = header.end;
  let index = 0;
  for await (const to of risingCuts(cuts, from, { block: end, within: 0 })) {
    const records = await cutBlocks(file, from, to);
    const pieces = [...headerPieces, ...records, { bytes: endOfFileMarker }];
    const compressedSize = to.block - from.block;
    told = { index, from, to, pieces, compressedSize, isLast: to.block === end };
    yield told;
    from = to;
    index += 1;
  }
}
