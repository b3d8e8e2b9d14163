import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import type { BinningIndex } from './binning-index.ts';
import { type DivideOptions, divideWork, type WorkPart } from './divide-work.ts';
import { TabixRegions } from './tabix-regions.ts';
import { workByBins } from './work.ts';

/** A part of a file of lines, sorted and compressed in blocks, which is such a file of its own. */
export interface TabixPart extends WorkPart {
  /** Where its first line begins in the file, and where the last one ends. */
  readonly from: VirtualOffset;
  readonly to: VirtualOffset;
  /** What it is put together of: the header, the lines that begin in its regions, and the end-of-file marker. */
  readonly pieces: readonly Piece[];
}

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
  const regions = await TabixRegions.open(file, index);
  const cut = async (part: WorkPart, from: VirtualOffset, to: VirtualOffset): Promise<TabixPart> => ({
    ...part,
    from,
    to,
    pieces: await Array.fromAsync(regions.cut([{ from, to }])),
  });
  let before: { readonly part: WorkPart; readonly from: VirtualOffset } | undefined;
  const names = regions.columns.names.map((name) => ({ name }));
  // Every line has a place.
  const work = {
    ...workByBins(index, names, regions.end.block, regions.places),
    unplaced: { bytes: 0, reads: 0 },
  };
  for (const part of divideWork(work, options)) {
    const [first] = part.regions;
    const stretch = before === undefined || first === undefined ? undefined : await regions.stretchOf(first);
    const from =
      before === undefined || first === undefined ? regions.headerEnd : (stretch?.from ?? regions.end);
    if (before !== undefined) yield await cut(before.part, before.from, from);
    before = { part, from };
  }
  if (before !== undefined) yield await cut(before.part, before.from, regions.end);
}
