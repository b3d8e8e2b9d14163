import { expectMarker } from '../bgzf/concat-blocks.ts';
import { ContentReader } from '../bgzf/content-reader.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { FormatError } from '../format-error.ts';
import type { BinningIndex } from '../indexes/binning-index.ts';
import { type DivideOptions, divideWork, type WorkPart } from '../indexes/divide-work.ts';
import { endOfPlaced, placeBefore } from '../indexes/index-places.ts';
import { type FileWork, workByBins } from '../indexes/work.ts';
import { type BamHeader, readBamHeader } from './bam-header.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';
import { probeWork } from './probe-work.ts';

/** A part of a sorted BAM file, which is a BAM file of its own. */
export interface BamRegionPart extends WorkPart {
  /** Where its first record begins in the file, and where the last one ends. */
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
  /** What it is put together of: the header, the reads that begin in its regions, and the end-of-file marker. */
  readonly pieces: readonly Piece[];
}

/** A sorted file that is being cut. */
interface Indexed {
  readonly file: RandomAccessFile;
  readonly header: BamHeader;
  readonly index: BinningIndex;
  readonly end: VirtualOffset;
}

/** Where to begin to look for the first record at or behind a position: on its reference, or on the next that has any. */
const searchFrom = ({ index, end }: Indexed, reference: number, position: number): VirtualOffset => {
  const own = placeBefore(index, reference, position);
  if (own !== undefined) return own;
  for (let next = reference + 1; next < index.references.length; next += 1) {
    const place = placeBefore(index, next, 0);
    if (place !== undefined) return place;
  }
  return endOfPlaced(index) ?? end;
};

/** Reads the few records from where an index knows one to the first that begins at or behind a position. */
const firstAtOrBehind = async (
  indexed: Indexed,
  reference: number,
  position: number,
): Promise<VirtualOffset> => {
  const { file, header, end } = indexed;
  const content = new ContentReader(file, searchFrom(indexed, reference, position), end.block);
  for (;;) {
    const at = content.position;
    const fixed = await content.take(fixedRecordSize);
    if (fixed.length === 0) return end;
    const head =
      fixed.length < fixedRecordSize ? 'its end' : readRecordHead(fixed, 0, header.references.length);
    if (typeof head === 'string') {
      const text = `expected a BAM record, found ${head}; does the index belong to this file?`;
      throw new FormatError('MALFORMED', text, { path: file.path, offset: at.block });
    }
    // Reads without a place stand at the end.
    if (head.reference === -1 || head.reference > reference) return at;
    if (head.reference === reference && Math.max(0, head.position) >= position) return at;
    await content.skip(head.size - fixedRecordSize);
  }
};

/** What the regions of a part begin with, as the index of a reference and a position on it. */
const beginningOf = (part: WorkPart, numbers: ReadonlyMap<string, number>) => {
  const [first] = part.regions;
  return { reference: numbers.get(first?.reference ?? '') ?? 0, position: first?.from ?? 0 };
};

const beginning = (
  indexed: Indexed,
  part: WorkPart,
  numbers: ReadonlyMap<string, number>,
): Promise<VirtualOffset> => {
  if (part.unplaced) return Promise.resolve(endOfPlaced(indexed.index) ?? indexed.header.end);
  const { reference, position } = beginningOf(part, numbers);
  if (reference === 0 && position === 0) return Promise.resolve(indexed.header.end);
  return firstAtOrBehind(indexed, reference, position);
};

/** Places of the file that are looked at for each part, and for all of them. */
const probesPerPart = 3;
const maximalProbes = 1000;

const probesFor = ({ references }: FileWork, options: DivideOptions): number => {
  const bytes = references.reduce((sum, { points }) => sum + (points.at(-1)?.bytes ?? 0), 0);
  const parts =
    'parts' in options ? options.parts : options.by === 'reads' ? 100 : bytes / options.maximalWork;
  return parts > 1 ? Math.min(maximalProbes, Math.ceil(parts * probesPerPart)) : 0;
};

/**
 * Cuts a BAM file that is sorted by coordinate, and has an index, into BAM files by regions of equal work (see
 * `divideWork`). Every read is in the one part in whose regions it begins; reads that reach into the next region are
 * not repeated. Blocks are copied as they are, and of the file only the header and some blocks at each cut are read.
 * @throws FormatError MALFORMED if the index does not belong to the file, as far as that shows
 */
export async function* splitBamByWork(
  file: RandomAccessFile,
  index: BinningIndex,
  options: DivideOptions,
): AsyncGenerator<BamRegionPart> {
  await expectMarker(file);
  const header = await readBamHeader(file);
  if (index.references.length > header.references.length) {
    const text = `has ${header.references.length} references, its index ${index.references.length}: make it anew`;
    throw new FormatError('MALFORMED', text, { path: file.path });
  }
  const end = { block: await endOfBlocks(file), within: 0 };
  const indexed: Indexed = { file, header, index, end };
  const numbers = new Map(header.references.map(({ name }, number) => [name, number]));
  const headerPieces = await cutBlocks(file, { block: 0, within: 0 }, header.end);
  const cut = async (part: WorkPart, from: VirtualOffset, to: VirtualOffset): Promise<BamRegionPart> => ({
    ...part,
    from,
    to,
    pieces: [...headerPieces, ...(await cutBlocks(file, from, to)), { bytes: endOfFileMarker }],
  });
  let before: { readonly part: WorkPart; readonly from: VirtualOffset } | undefined;
  const known = workByBins(index, header.references, end.block);
  const work = await probeWork(file, header, index, known, probesFor(known, options));
  for (const part of divideWork(work, options)) {
    const from = before === undefined ? header.end : await beginning(indexed, part, numbers);
    if (before !== undefined) yield await cut(before.part, before.from, from);
    before = { part, from };
  }
  if (before !== undefined) yield await cut(before.part, before.from, end);
}
