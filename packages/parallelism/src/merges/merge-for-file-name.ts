import { PlanError } from '../plan-error.ts';
import { concat } from './concat.ts';
import type { Merge } from './merge.ts';

/** Formats of which several in a row make a broken or wrong file, by file extension, with the reason. */
const notJoinable: readonly { readonly reason: string; readonly extensions: readonly string[] }[] = [
  {
    reason: 'each part has a header of its own',
    extensions: 'sam bam cram vcf bcf sff 2bit npy rds rdata phy phylip'.split(' '),
  },
  {
    reason: 'a file holds one document',
    extensions: 'xml blastxml html htm svg json yaml nex nexus pdf png jpg jpeg gif tif tiff'.split(' '),
  },
  {
    reason: 'a file holds a directory of its contents',
    extensions: [
      ...'bw bigwig bb bigbed h5 hdf5 h5ad loom cool mcool fast5 pod5 parquet feather orc'.split(' '),
      ...'zip tar tgz 7z npz xlsx ods docx sqlite sqlite3 db'.split(' '),
    ],
  },
  {
    reason: 'they hold places in another file',
    extensions: 'bai crai csi tbi fai gzi'.split(' '),
  },
];

/** Compressed files in a row decompress to their contents in a row, so what counts is the extension before. */
const compression = /\.(gz|bgz|bz2|xz|zst)$/;

/**
 * The merge for a result with this file name (or path): `concat`, unless the extension tells that joining byte
 * by byte would give a broken or wrong file; then throws a {@link PlanError} `NO_MERGE`.
 */
export const mergeForFileName = (fileName: string): Merge => {
  const extension = /\.([^./]+)$/.exec(fileName.toLowerCase().replace(compression, ''))?.[1] ?? '';
  const reason = notJoinable.find(({ extensions }) => extensions.includes(extension))?.reason;
  if (reason === undefined) return concat;
  throw new PlanError(
    'NO_MERGE',
    `${fileName}: there is no merge for .${extension} files yet, and joined byte by byte they would be broken or ` +
      `wrong, because ${reason}; --merge concat forces it`,
  );
};
