import { builtIn, type Catalog } from '../catalog.ts';
import { chooseMerge, type KnownResult } from '../merges/choose-merge.ts';
import type { MergeChoice } from '../merges/merge.ts';

/** Tables whose first line may be a heading, or not: only whoever wrote the command knows. */
const mayHaveHeading: ReadonlySet<unknown> = new Set(['csv', 'tsv']);

/**
 * How results are joined where neither the job nor its strategy says it: what may be a line of data is left out of none.
 * @throws PlanError NO_MERGE if nothing is known that would not give a broken or wrong file
 */
export function defaultMerge(result: KnownResult, catalog: Catalog = builtIn): MergeChoice {
  const choice = chooseMerge(result, catalog);
  return mayHaveHeading.has(choice.parameters?.format) ? { merge: 'lines' } : choice;
}
