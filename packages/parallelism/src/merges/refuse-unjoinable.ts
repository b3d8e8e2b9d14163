import { PlanError } from '../plan-error.ts';
import { extensionOf } from './files/extension-of.ts';

interface Unjoinable {
  readonly reason: string;
  readonly extensions: readonly string[];
  /** A merge that needs to be told more, or another program. */
  readonly advice?: string;
}

/** Formats of which several in a row make a broken or wrong file, by file extension. */
const unjoinable: readonly Unjoinable[] = [
  {
    reason: 'CRAM is joined by samtools, which must be installed here',
    extensions: ['cram'],
    advice: 'choose the merge cram, and with its parameter sorted how',
  },
  {
    reason: 'what of HDF5 is to be appended, and what stands once, is not known',
    extensions: ['h5', 'hdf5'],
    advice: 'choose the merge hdf5, which needs h5py here',
  },
  {
    reason: 'each part has a header of its own',
    extensions: 'sam bam vcf bcf sff 2bit npy rds rdata phy phylip'.split(' '),
  },
  {
    reason: 'a file holds one document',
    extensions: 'xml blastxml html htm svg json yaml nex nexus pdf png jpg jpeg gif tif tiff'.split(' '),
  },
  {
    reason: 'a file holds a directory of its contents',
    extensions: [
      ...'bw bigwig bb bigbed h5ad loom cool mcool fast5 pod5 parquet feather orc'.split(' '),
      ...'zip tar tgz 7z npz xlsx ods docx sqlite sqlite3 db'.split(' '),
    ],
  },
  {
    reason: 'they hold places in another file',
    extensions: 'bai crai csi tbi fai gzi'.split(' '),
  },
];

/** @throws PlanError NO_MERGE if joining results with this name byte by byte would give a broken or wrong file */
export const refuseUnjoinable = (fileName: string): void => {
  const extension = extensionOf(fileName);
  const found = unjoinable.find(({ extensions }) => extensions.includes(extension));
  if (found === undefined) return;
  const {
    reason,
    advice = 'choose the merge collection to keep the results of all parts, or one that you have',
  } = found;
  const text = `${fileName}: there is no merge for .${extension} that is right for all files: ${reason}; ${advice}`;
  throw new PlanError('NO_MERGE', `${text}. The merge concat joins them byte by byte nevertheless`);
};
