/**
 * Turns one job into a plan of tasks, and says how their results are joined.
 *
 * @example
 * ```ts
 * import { planSplit } from '@galaxy-mesos/parallelism';
 *
 * const split = { strategy: 'records', parameters: { format: 'fasta', parts: 4 } };
 * const input = { name: 'genes', path: '/data/genes.fasta' };
 * for await (const part of planSplit(split, input, { mesos: false })) console.log(part);
 * ```
 *
 * @module
 */
export type { Merge } from './merges/merge.ts';
export { mergeForFileName } from './merges/merge-for-file-name.ts';
export { mergeNamed, merges } from './merges/merges.ts';
export { PlanError, type PlanErrorCode } from './plan-error.ts';
export { type RecordsParameters, recordsParametersSchema } from './records/parameters.ts';
export { records } from './records/records.ts';
export { cutCommand, type FileSlice } from './shell/cut-command.ts';
export { quoteForShell } from './shell/quote-for-shell.ts';
export { planSplit, strategies, strategyNamed } from './strategies.ts';
export {
  maximumParts,
  type Part,
  type PlanContext,
  type PlanInput,
  type Slice,
  type Strategy,
} from './strategy.ts';
