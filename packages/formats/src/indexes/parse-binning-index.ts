import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import type { BinningIndex, Chunk, IndexedReference, ReadCounts, TabixColumns } from './binning-index.ts';
import { firstBinOf } from './binning-index.ts';
import { IndexBytes, loadIndex } from './index-bytes.ts';

const chunkSize = 16;

const readChunks = (bytes: IndexBytes): Chunk[] =>
  Array.from({ length: bytes.count('chunks', chunkSize) }, () => ({
    from: bytes.virtualOffset(),
    to: bytes.virtualOffset(),
  }));

/** A bin beyond all others holds, in the place of chunks, where the reference's records are, and how many they are. */
const readCounts = (bytes: IndexBytes): ReadCounts => {
  if (bytes.count('chunks', chunkSize) !== 2)
    throw bytes.malformed('expected two chunks in the bin of counts');
  bytes.bytes(chunkSize);
  return { mapped: bytes.uint64(), unmapped: bytes.uint64() };
};

interface Layout {
  readonly depth: number;
  /** CSI has the place of the first record in every bin, in the place of one for each window. */
  readonly isCsi: boolean;
}

const readReference = (bytes: IndexBytes, { depth, isCsi }: Layout): IndexedReference => {
  const bins = new Map<number, readonly Chunk[]>();
  const limit = firstBinOf(depth + 1);
  let counts: ReadCounts | undefined;
  for (let left = bytes.count('bins', isCsi ? 16 : 8); left > 0; left -= 1) {
    const bin = bytes.uint32();
    if (isCsi) bytes.bytes(8);
    if (bin > limit + 1)
      throw bytes.malformed(`bin ${bin} does not exist, the last is ${limit - 1}: make it anew`);
    if (bin === limit + 1) counts = readCounts(bytes);
    else bins.set(bin, readChunks(bytes));
  }
  const linear: VirtualOffset[] = isCsi
    ? []
    : Array.from({ length: bytes.count('windows', 8) }, () => bytes.virtualOffset());
  if (bins.size === 0 && linear.length === 0 && counts === undefined) return nothing;
  return { bins, linear, ...(counts === undefined ? {} : { counts }) };
};

/** Most references of an assembly are without records: one for all of them. */
const nothing: IndexedReference = { bins: new Map(), linear: [] };

const formats = ['generic', 'sam', 'vcf'] as const;

const readColumns = (bytes: IndexBytes): TabixColumns => {
  const format = bytes.int32();
  const [sequence, begin, end] = [bytes.int32(), bytes.int32(), bytes.int32()];
  const comment = String.fromCharCode(bytes.int32() & 0xff);
  const skippedLines = bytes.int32();
  const names = bytes.bytes(bytes.count('bytes of names', 1)).toString('utf8').split('\0').slice(0, -1);
  const kind = formats[format & 0xffff];
  if (kind === undefined) throw bytes.malformed(`format ${format & 0xffff} of tabix is not known`);
  return {
    format: kind,
    zeroBased: (format & 0x10000) !== 0,
    sequence,
    begin,
    end,
    comment,
    skippedLines,
    names,
  };
};

const columnsSize = 28;

const readReferences = (bytes: IndexBytes, count: number, layout: Layout) => {
  const references = Array.from({ length: count }, () => readReference(bytes, layout));
  return { references, ...(bytes.left >= 8 ? { unplaced: bytes.uint64() } : {}) };
};

const parseBai = (bytes: IndexBytes): BinningIndex => {
  const count = bytes.count('references', 8);
  return {
    kind: 'bai',
    minimalShift: 14,
    depth: 5,
    ...readReferences(bytes, count, { depth: 5, isCsi: false }),
  };
};

const parseTbi = (bytes: IndexBytes): BinningIndex => {
  const count = bytes.count('references', 8);
  const columns = readColumns(bytes);
  const found = readReferences(bytes, count, { depth: 5, isCsi: false });
  return { kind: 'tbi', minimalShift: 14, depth: 5, columns, ...found };
};

const parseCsi = (bytes: IndexBytes): BinningIndex => {
  const [minimalShift, depth] = [bytes.int32(), bytes.int32()];
  // Bins have numbers of 32 bits, and positions 2 to the power of 53 at most here.
  if (minimalShift < 0 || depth < 0 || depth > 10 || minimalShift + 3 * depth > 53) {
    throw bytes.malformed(
      `bins of 2^${minimalShift} bases in ${depth} levels cannot be: make the index anew`,
    );
  }
  const auxiliary = bytes.bytes(bytes.count('bytes of auxiliary data', 1));
  const columns =
    auxiliary.length < columnsSize ? {} : { columns: readColumns(new IndexBytes(auxiliary, bytes.path)) };
  const count = bytes.count('references', 4);
  return {
    kind: 'csi',
    minimalShift,
    depth,
    ...columns,
    ...readReferences(bytes, count, { depth, isCsi: true }),
  };
};

const parsers: Readonly<Record<string, (bytes: IndexBytes) => BinningIndex>> = {
  'BAI\x01': parseBai,
  'CSI\x01': parseCsi,
  'TBI\x01': parseTbi,
};

/**
 * Reads the decompressed content of an index of the kinds BAI, CSI or TBI, whichever it is.
 * @throws FormatError MALFORMED if it is none, or damaged; `path` is for the message
 */
export const parseBinningIndex = (content: Buffer, path?: string): BinningIndex => {
  const bytes = new IndexBytes(content, path);
  const magic = content.toString('latin1', 0, 4);
  const parse = parsers[magic];
  if (parse === undefined)
    throw bytes.malformed('expected an index of the kind BAI, CSI or TBI; this is none');
  bytes.bytes(4);
  return parse(bytes);
};

/** Reads the index at this path, as `samtools index`, `bcftools index` and `tabix` write it. */
export const readBinningIndex = async (path: string): Promise<BinningIndex> =>
  parseBinningIndex(await loadIndex(path), path);
