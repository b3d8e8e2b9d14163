import { builtIn, type Catalog } from '../catalog.ts';
import { checkedBy } from '../checked-by.ts';
import { PlanError } from '../plan-error.ts';
import type { JoinRequest, Merge, MergeChoice } from './merge.ts';

/** The merge of this name; throws a {@link PlanError} `UNKNOWN_MERGE` that lists those there are. */
export const mergeNamed = (name: string, { merges }: Catalog = builtIn): Merge => {
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
export const readyMerge = (choice: MergeChoice, catalog: Catalog = builtIn): ReadyMerge => {
  const merge = mergeNamed(choice.merge, catalog);
  const parameters = checkedBy(merge, `merge ${merge.name}`, choice.parameters ?? {});
  const { how } = merge;
  if (how.kind === 'command') return { kind: 'command', command: how.command(parameters) };
  return { kind: 'here', join: (request) => how.join({ ...request, parameters }) };
};
