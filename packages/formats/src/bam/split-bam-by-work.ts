import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import type { BinningIndex } from '../indexes/binning-index.ts';
import { type DivideOptions, divideWork, type WorkPart } from '../indexes/divide-work.ts';
import { type FileWork, workByBins } from '../indexes/work.ts';
import { BamRegions } from './bam-regions.ts';
import { probeWork } from './probe-work.ts';

/** A part of a sorted BAM file, which is a BAM file of its own. */
export interface BamRegionPart extends WorkPart {
  /** Where its first record begins in the file, and where the last one ends. */
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
  /** What it is put together of: the header, the reads that begin in its regions, and the end-of-file marker. */
  readonly pieces: readonly Piece[];
}

/** Where a part begins: it goes on to where the next one does. */
const beginningOf = async (regions: BamRegions, part: WorkPart): Promise<VirtualOffset> => {
  if (part.unplaced) return regions.unplaced.from;
  const [first] = part.regions;
  const stretch = first === undefined ? undefined : await regions.stretchOf(first);
  return stretch?.from ?? regions.header.end;
};

/** Places of the file that are looked at for each part, and for all of them. */
const probesPerPart = 3;
const maximalProbes = 1000;

/** Where nobody knows how many parts there will be. */
const partsGuessed = 100;

const partsFor = (total: number, options: DivideOptions): number => {
  if ('parts' in options) return options.parts;
  return options.by === 'reads' || 'nextWork' in options ? partsGuessed : total / options.maximalWork;
};

const probesFor = ({ references }: FileWork, options: DivideOptions): number => {
  let total = 0;
  for (const { points } of references) total += points.at(-1)?.bytes ?? 0;
  const parts = partsFor(total, options);
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
  const regions = await BamRegions.open(file, index);
  const { header, end } = regions;
  const cut = async (part: WorkPart, from: VirtualOffset, to: VirtualOffset): Promise<BamRegionPart> => ({
    ...part,
    from,
    to,
    pieces: await Array.fromAsync(regions.cut([{ from, to }])),
  });
  let before: { readonly part: WorkPart; readonly from: VirtualOffset } | undefined;
  const known = workByBins(index, header.references, end.block, regions.places);
  const work = await probeWork(file, header, regions.places, known, probesFor(known, options));
  for (const part of divideWork(work, options)) {
    const from = before === undefined ? header.end : await beginningOf(regions, part);
    if (before !== undefined) yield await cut(before.part, before.from, from);
    before = { part, from };
  }
  if (before !== undefined) yield await cut(before.part, before.from, end);
}
