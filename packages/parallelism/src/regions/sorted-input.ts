import {
  BamRegions,
  BcfRegions,
  type BinningIndex,
  type Chunk,
  type FileSource,
  type FileWork,
  FormatError,
  openSource,
  probeWork,
  type Region,
  readBinningIndex,
  readContigs,
  type SortedRegions,
  TabixRegions,
  workByBins,
} from '@galaxy-mesos/formats';
import type { PieceKeeper } from '../blocks/keep-pieces.ts';
import type { Piece } from '../strategy.ts';
import { findIndex, type IndexKinds, staleIndex } from './find-index.ts';
import type { IndexedInput, InputFile } from './indexed-input.ts';

/** Kinds of files that are compressed in blocks and sorted. */
export type SortedKind = 'bam' | 'bcf' | 'lines';

function kindsOf(kind: SortedKind, path: string): IndexKinds {
  if (kind === 'bam') return { suffixes: ['.bai', '.csi'], command: 'samtools index' };
  if (kind === 'bcf') return { suffixes: ['.csi'], command: 'bcftools index' };
  const preset = /\.(vcf|bed|gff|sam)/.exec(path)?.[1] ?? 'vcf';
  return { suffixes: ['.tbi', '.csi'], command: `tabix -p ${preset}` };
}

/** Places that are looked at for each part, and for all of them, to know where work is. */
const probesPerPart = 3;
const mostProbes = 1000;

/** A BAM, BCF or tabix file: cut without compressing it anew, and without any program. */
class SortedInput implements IndexedInput {
  readonly name: string;
  readonly path: string;
  readonly indexes: IndexedInput['indexes'];
  readonly knowsAll: boolean;
  readonly hasUnplaced: boolean;
  readonly #file: FileSource;
  readonly #regions: SortedRegions;

  constructor(
    { name, path }: InputFile,
    file: FileSource,
    regions: SortedRegions,
    index: { readonly path: string; readonly hasUnplaced: boolean },
  ) {
    this.name = name;
    this.path = path;
    this.indexes = [{ suffix: `.${regions.index.kind}`, path: index.path }];
    this.knowsAll = !(regions instanceof TabixRegions);
    this.hasUnplaced = index.hasUnplaced;
    this.#file = file;
    this.#regions = regions;
  }

  get references(): SortedRegions['references'] {
    return this.#regions.references;
  }

  lengthOf(reference: string): number | undefined {
    return this.#regions.lengthOf(reference);
  }

  async work(parts: number): Promise<FileWork> {
    const { index, references, end, places } = this.#regions;
    const work = workByBins(index, references, end.block, places);
    if (!(this.#regions instanceof BamRegions)) return work;
    const probes = Math.min(mostProbes, parts * probesPerPart);
    return probeWork(this.#file, this.#regions.header, places, work, probes);
  }

  async cut(regions: readonly Region[], keeper: PieceKeeper): Promise<readonly Piece[]> {
    const stretches: Chunk[] = [];
    for (const region of regions) {
      const stretch = await this.#regions.stretchOf(region);
      if (stretch !== undefined) stretches.push(stretch);
    }
    return keeper.keep(this.#regions.cut(stretches));
  }

  async cutUnplaced(keeper: PieceKeeper): Promise<readonly Piece[]> {
    return keeper.keep(this.#regions.cut([this.#regions.unplaced]));
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Opens a file that is sorted and compressed in blocks, and its index. */
export async function openSorted(input: InputFile, kind: SortedKind): Promise<IndexedInput> {
  const kinds = kindsOf(kind, input.path);
  const found = await findIndex(input, kinds);
  const index = await readBinningIndex(found.path);
  const file = await openSource(input.path, { signal: input.signal });
  try {
    const regions = await openRegions(file, index, kind, input.signal);
    const behind = await behindPlaced(regions);
    if (behind === 'placed') throw staleIndex(input.path, found, kinds);
    return new SortedInput(input, file, regions, { path: found.path, hasUnplaced: behind === 'unplaced' });
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/** Where there is no block at the place that the index tells, it is not the file's. */
async function behindPlaced(regions: SortedRegions): Promise<'nothing' | 'unplaced' | 'placed'> {
  try {
    return await regions.behindPlaced();
  } catch (error) {
    if (error instanceof FormatError && error.code === 'MALFORMED') return 'placed';
    throw error;
  }
}

async function openRegions(
  file: FileSource,
  index: BinningIndex,
  kind: SortedKind,
  signal: AbortSignal | undefined,
): Promise<SortedRegions> {
  if (kind === 'bam') return await BamRegions.open(file, index);
  if (kind === 'bcf') return await BcfRegions.open(file, index);
  return await TabixRegions.open(file, index, await lengthsOf(file.path, index, signal));
}

/** Lengths of sequences, which only the header of VCF tells. */
async function lengthsOf(
  path: string,
  { columns }: BinningIndex,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  if (columns?.format !== 'vcf') return new Map();
  const known = (await readContigs(path, { signal })).flatMap(({ name, length }) =>
    length === undefined ? [] : [[name, length] as const],
  );
  return new Map(known);
}
