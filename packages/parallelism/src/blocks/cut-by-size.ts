import {
  cutBlocks,
  endOfBlocks,
  endOfFileMarker,
  endsWithMarker,
  type FileSource,
  FormatError,
  type Piece,
  readBamHeader,
  scanBam,
  type VirtualOffset,
} from '@galaxy-mesos/formats';

/** A BAM file that is cut out of another one. */
export interface BamFile {
  readonly pieces: readonly Piece[];
  /** 0 where nobody has counted. */
  readonly records: number;
  readonly compressedSize: number;
  /** Where it ends in the file it was cut out of. */
  readonly to: VirtualOffset;
  readonly isLast: boolean;
}

/** Cuts a BAM file into files of so many records, or with `group` of so many names; reads it to its end. */
export async function* cutBySize(file: FileSource, size: number, group: boolean): AsyncGenerator<BamFile> {
  const incomplete = 'has no end-of-file marker: it is incomplete; get it again from where it came from';
  if (!(await endsWithMarker(file))) throw new FormatError('MALFORMED', incomplete, { path: file.path });
  const header = await readBamHeader(file);
  const end = await endOfBlocks(file);
  const headerPieces = await cutBlocks(file, { block: 0, within: 0 }, header.end);
  let from = header.end;
  let records = 0;
  const cut = async (to: VirtualOffset, isLast: boolean): Promise<BamFile> => {
    const body = await cutBlocks(file, from, to);
    const pieces = [...headerPieces, ...body, { bytes: endOfFileMarker }];
    const part = { pieces, records: group ? 0 : records, compressedSize: to.block - from.block, to, isLast };
    from = to;
    records = 0;
    return part;
  };
  for await (const starts of scanBam(file, { header, end, group })) {
    for (const start of starts) {
      if (records === size) yield await cut(start, false);
      records += 1;
    }
  }
  yield await cut({ block: end, within: 0 }, true);
}
