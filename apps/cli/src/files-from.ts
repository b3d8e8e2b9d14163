import path from 'node:path';
import type { JobDocument, OutputMerge, Split } from '@galaxy-mesos/galaxy-jobs';
import { type Catalog, resolveFiles } from '@galaxy-mesos/parallelism';

type Parameters = Record<string, unknown>;

/** The ways to cut, with the files in their parameters as seen from a directory. */
export const splitFrom = <Cut extends Split>(
  directory: string,
  split: Cut,
  { strategies }: Catalog,
): Cut => ({
  ...split,
  alternatives: split.alternatives.map((alternative) => ({
    ...alternative,
    by: alternative.by.map((step) => ({
      ...step,
      parameters: resolved(directory, strategies, step.strategy, step.parameters),
    })),
  })),
});

/** The ways to join, with the files in their parameters as seen from a directory. */
export const mergesFrom = (
  directory: string,
  given: readonly OutputMerge[],
  { merges }: Catalog,
): OutputMerge[] =>
  given.map((one) =>
    'merge' in one && one.parameters
      ? { ...one, parameters: resolved(directory, merges, one.merge, one.parameters) }
      : one,
  );

type Step = Pick<Exclude<JobDocument['split'], undefined | readonly unknown[]>, 'strategy' | 'parameters'> & {
  readonly each?: Step | undefined;
};
type Merge = Exclude<
  Exclude<JobDocument['outputs'][string], string>['merge'],
  undefined | readonly unknown[]
>;

/** A job document, with the files that its strategies and merges take as seen from a directory. */
export function documentFrom(directory: string, document: JobDocument, catalog: Catalog): JobDocument {
  const { split, outputs } = document;
  const stepFrom = <Given extends Step>(step: Given): Given => ({
    ...step,
    parameters: resolved(directory, catalog.strategies, step.strategy, step.parameters),
    ...(step.each && { each: stepFrom(step.each) }),
  });
  const mergeFrom = (merge: Merge): Merge =>
    typeof merge === 'object' && 'merge' in merge
      ? (mergesFrom(directory, [merge], catalog)[0] ?? merge)
      : merge;
  const outputFrom = (output: JobDocument['outputs'][string]): JobDocument['outputs'][string] => {
    if (typeof output === 'string' || output.merge === undefined) return output;
    const { merge } = output;
    return { ...output, merge: Array.isArray(merge) ? merge.map(mergeFrom) : mergeFrom(merge) };
  };
  return {
    ...document,
    ...(split && { split: Array.isArray(split) ? split.map(stepFrom) : stepFrom(split) }),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, outputFrom(output)])),
  };
}

/** Parameters of a strategy, with the files in them as seen from a directory. */
export const parametersFrom = (
  directory: string,
  strategy: string,
  parameters: Parameters,
  { strategies }: Catalog,
): Parameters => resolved(directory, strategies, strategy, parameters);

/** Those of a name that nothing has stay: whoever looks it up tells. */
function resolved(
  directory: string,
  known: Catalog['strategies'] | Catalog['merges'],
  name: string,
  given: Parameters,
): Parameters {
  const found = known.find((one) => one.name === name);
  return found ? resolveFiles(found, given, (file) => path.resolve(directory, file)) : given;
}
