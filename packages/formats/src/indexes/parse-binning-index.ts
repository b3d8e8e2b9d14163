import type { BinningIndex, TabixColumns } from './binning-index.ts';
import { IndexBytes, loadIndex } from './index-bytes.ts';
import { type Layout, ReadReferences } from './indexed-references.ts';

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
  const references = new ReadReferences(bytes, count, layout);
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
