import { bed } from './bed/bed.ts';
import { csv, tsv } from './csv/csv.ts';
import { fasta } from './fasta/fasta.ts';
import { fastq } from './fastq/fastq.ts';
import { FormatError } from './format-error.ts';
import { fps } from './fps/fps.ts';
import { embl, genbank } from './genbank/genbank.ts';
import { gff3 } from './gff/gff3.ts';
import { gtf } from './gff/gtf.ts';
import { interval } from './interval/interval.ts';
import { jsonl } from './jsonl/jsonl.ts';
import { maf } from './maf/maf.ts';
import { mol2 } from './mol2/mol2.ts';
import { mzml } from './mzml/mzml.ts';
import { newick } from './newick/newick.ts';
import { nexus } from './nexus/nexus.ts';
import { pdb } from './pdb/pdb.ts';
import type { RecordFormat } from './record-format.ts';
import { sam } from './sam/sam.ts';
import { sdf } from './sdf/sdf.ts';
import { stockholm } from './stockholm/stockholm.ts';
import { tabular } from './tabular/tabular.ts';
import { text } from './text/text.ts';
import { vcf } from './vcf/vcf.ts';
import { xyz } from './xyz/xyz.ts';

/** Every format whose records this package can find. */
export const recordFormats: readonly RecordFormat[] = [
  fasta,
  fastq,
  text,
  tabular,
  csv,
  tsv,
  bed,
  interval,
  gff3,
  gtf,
  sam,
  vcf,
  jsonl,
  fps,
  newick,
  nexus,
  sdf,
  mol2,
  stockholm,
  maf,
  genbank,
  embl,
  mzml,
  xyz,
  pdb,
];

/** The format of this name; throws a {@link FormatError} `UNKNOWN_FORMAT` that lists those there are. */
export const recordFormatNamed = (name: string): RecordFormat => {
  const format = recordFormats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const known = recordFormats.map((candidate) => candidate.name).join(', ');
  throw new FormatError('UNKNOWN_FORMAT', `there is no format ${JSON.stringify(name)}; there are: ${known}`);
};

/** The format that a file's name (or path) tells by its extension, in upper or lower case; else `undefined`. */
export const formatForFileName = (fileName: string): RecordFormat | undefined => {
  const extension = /\.([^./]+)$/.exec(fileName.toLowerCase())?.[1];
  return recordFormats.find(
    ({ fileExtensions }) => extension !== undefined && fileExtensions.includes(extension),
  );
};
