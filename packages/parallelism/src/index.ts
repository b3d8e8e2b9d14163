/**
 * Turns one job into a plan of tasks, and says how their results are joined.
 *
 * @example
 * ```ts
 * import { planSplit } from '@galaxy-mesos/parallelism';
 *
 * const split = { strategy: 'records', parameters: { format: 'fasta', parts: 4 } };
 * const inputs = [{ name: 'genes', paths: ['/data/genes.fasta'] }] as const;
 * for await (const part of planSplit(split, inputs, { mesos: false, sidecar })) console.log(part);
 * ```
 *
 * @module
 */
export { blocks } from './blocks/blocks.ts';
export { type BlocksParameters, blocksParametersSchema } from './blocks/parameters.ts';
export { contentOfFile, type FileContent, isOfFormat } from './by-content/content-of-file.ts';
export { mergeOfContent } from './by-content/merge-of-content.ts';
export { builtIn, type Catalog, type Contribution } from './catalog.ts';
export { describeParameters, type ParameterDescription } from './describe-parameters.ts';
export { dataOfError, type ErrorData, errorDataSchema, errorOfData } from './error-data.ts';
export { loadCatalog } from './load-catalog.ts';
export { chooseMerge, type KnownResult } from './merges/choose-merge.ts';
export { collectionManifest } from './merges/collection/collection.ts';
export { type ProgramOptions, runProgram } from './merges/files/run-program.ts';
export type { JoinPart, JoinRequest, Merge, MergeByCommand, MergeChoice, MergeHere } from './merges/merge.ts';
export { mergeNamed, type ReadyMerge, readyMerge } from './merges/merges.ts';
export { PlanError, type PlanErrorCode } from './plan-error.ts';
export { defaultMerge } from './plan-language/default-merge.ts';
export { checkSplit, type PlannedPart, type PlannedSplit, planJob } from './plan-language/plan-job.ts';
export type { ResolvedMerge, StepJoin } from './plan-language/step-joins.ts';
export { type RecordsParameters, recordsParametersSchema } from './records/parameters.ts';
export { records } from './records/records.ts';
export { type RegionsParameters, regionsParametersSchema } from './regions/parameters.ts';
export { regions } from './regions/regions.ts';
export { resolveFiles } from './resolve-files.ts';
export { isModulePath, isStrategyPackage, resolveModule, strategyKeyword } from './resolve-module.ts';
export { cutCommand } from './shell/cut-command.ts';
export { quoteForShell } from './shell/quote-for-shell.ts';
export {
  planSplit,
  type ReadyStrategy,
  readyStrategy,
  type SplitChoice,
  strategyNamed,
} from './strategies.ts';
export {
  type FileRange,
  maximumParts,
  type Part,
  type PartGroup,
  type Piece,
  type PlanContext,
  type PlanInput,
  type Sidecar,
  type Slice,
  type Strategy,
} from './strategy.ts';
