import { checkedBy } from '../checked-by.ts';
import { PlanError } from '../plan-error.ts';
import { bam } from './bam/bam.ts';
import { bgzf } from './bgzf/bgzf.ts';
import { blast } from './blast/blast-tabular.ts';
import { blastxml, blastxml2 } from './blast/blast-xml.ts';
import { collection } from './collection/collection.ts';
import { concat } from './concat.ts';
import { cram } from './cram/cram.ts';
import { header } from './header/header.ts';
import type { JoinRequest, Merge, MergeChoice } from './merge.ts';
import { first, none } from './pick/pick.ts';
import { sam } from './sam/sam.ts';
import { sorted } from './sorted/sorted.ts';
import { count, histogram, sum } from './sum/sum.ts';
import { table } from './table/table.ts';
import { vcf } from './vcf/vcf.ts';

/** Every merge there is. */
export const merges: readonly Merge[] = [
  concat,
  header,
  sorted,
  sam,
  bam,
  cram,
  bgzf,
  vcf,
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

/** The merge of this name; throws a {@link PlanError} `UNKNOWN_MERGE` that lists those there are. */
export const mergeNamed = (name: string): Merge => {
  const merge = merges.find((candidate) => candidate.name === name);
  if (merge !== undefined) return merge;
  const known = merges.map((candidate) => candidate.name).join(', ');
  throw new PlanError('UNKNOWN_MERGE', `there is no merge ${JSON.stringify(name)}; there are: ${known}`);
};

/** A merge with its parameters, checked; see {@link Merge}. */
export type ReadyMerge =
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'here'; join(request: Omit<JoinRequest<unknown>, 'parameters'>): Promise<void> };

/** The merge that was chosen. @throws PlanError UNKNOWN_MERGE, INVALID_PARAMETERS */
export const readyMerge = (choice: MergeChoice): ReadyMerge => {
  const merge = mergeNamed(choice.merge);
  const parameters = checkedBy(merge, `merge ${merge.name}`, choice.parameters ?? {});
  const { how } = merge;
  if (how.kind === 'command') return { kind: 'command', command: how.command(parameters) };
  return { kind: 'here', join: (request) => how.join({ ...request, parameters }) };
};
