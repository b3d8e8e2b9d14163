import { PlanError } from '../plan-error.ts';
import { concat } from './concat.ts';
import type { Merge } from './merge.ts';

/** Every merge there is. */
export const merges: readonly Merge[] = [concat];

/** The merge of this name; throws a {@link PlanError} `UNKNOWN_MERGE` that lists those there are. */
export const mergeNamed = (name: string): Merge => {
  const merge = merges.find((candidate) => candidate.name === name);
  if (merge !== undefined) return merge;
  const known = merges.map((candidate) => candidate.name).join(', ');
  throw new PlanError('UNKNOWN_MERGE', `there is no merge ${JSON.stringify(name)}; there are: ${known}`);
};
