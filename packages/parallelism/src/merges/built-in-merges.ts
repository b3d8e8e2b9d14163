import { bam } from './bam/bam.ts';
import { bgzf } from './bgzf/bgzf.ts';
import { blast } from './blast/blast-tabular.ts';
import { blastxml, blastxml2 } from './blast/blast-xml.ts';
import { collection } from './collection/collection.ts';
import { concat } from './concat.ts';
import { cram } from './cram/cram.ts';
import { hdf5 } from './hdf5/hdf5.ts';
import { header } from './header/header.ts';
import { lines } from './lines/lines.ts';
import type { Merge } from './merge.ts';
import { first, none } from './pick/pick.ts';
import { sam } from './sam/sam.ts';
import { sorted } from './sorted/sorted.ts';
import { count, histogram, sum } from './sum/sum.ts';
import { table } from './table/table.ts';
import { trimmed } from './trimmed/trimmed.ts';
import { vcf } from './vcf/vcf.ts';

/** The merges of this package. */
export const merges: readonly Merge[] = [
  concat,
  lines,
  header,
  sorted,
  sam,
  bam,
  cram,
  bgzf,
  vcf,
  trimmed,
  hdf5,
  blast,
  blastxml,
  blastxml2,
  sum,
  count,
  histogram,
  table,
  collection,
  first,
  none,
];
