import { defaultArity, type OutputMerge } from '@galaxy-mesos/galaxy-jobs';
import { parameterSettings } from './parameter-settings.ts';
import { UsageError } from './usage-error.ts';

/** What a `map` command line says of how results are joined. */
export interface MergeWishes {
  /** The outermost step's first. */
  readonly merge?: readonly string[];
  readonly mergeSet?: readonly string[];
  /** Of the innermost step. */
  readonly reduce?: string;
  readonly arity?: number;
}

/**
 * The ways to join of a command line, as a job has them; none if it says nothing.
 * @throws UsageError
 */
export function mergesOfWishes({
  merge = [],
  mergeSet,
  reduce,
  arity,
}: MergeWishes): OutputMerge[] | undefined {
  if (mergeSet && merge.length !== 1) {
    const more = merge.length > 1 ? '; where there are several, give them in a --plan' : '';
    throw new UsageError(`--merge-set: say which merge with one --merge${more}`);
  }
  if (arity !== undefined && reduce === undefined) {
    throw new UsageError('--arity: say with --reduce by which command results are reduced');
  }
  const parameters = mergeSet && { parameters: parameterSettings('--merge-set', mergeSet) };
  const merges: OutputMerge[] = merge.map((name) => ({ merge: name, ...parameters }));
  if (reduce !== undefined) merges.push({ reduce: checkedReducer(reduce), arity: arity ?? defaultArity });
  return merges.length === 0 ? undefined : merges;
}

function checkedReducer(command: string): string {
  const missing = ['{parts}', '{output}'].filter((name) => !command.includes(name));
  if (missing.length === 0) return command;
  throw new UsageError(
    `--reduce ${command}: expected a command that mentions {parts}, the results, and {output}, what is made of them; ${missing.join(' and ')} is missing`,
  );
}
