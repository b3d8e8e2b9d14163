import { parseSplitPlan } from '../document/plan-document.ts';
import type { OutputMerge, Split } from '../job.ts';
import {
  JobDescriptionError,
  type JobDescriptionProblem,
  shownValue,
  throwProblems,
} from '../job-description-error.ts';
import { noResourceRules, type ResourceRules, rulesForTool } from './resource-rules.ts';
import { isSplitParameter, type SplitParameters, splitParameters } from './split-parameters.ts';

/** How outputs are joined that fit a pattern. */
export interface PatternMerges {
  /** Of file names (`*.bam`, `working/out.txt`), or the name of a format; `*` is any output. */
  readonly pattern: string;
  /** See `merges` of the outputs of a job. */
  readonly merges: OutputMerge[];
}

/** How a job is cut into parts, as its destination says it. */
export interface RequestedSplit {
  /** Its steps name inputs by formats and by patterns of file names; none: those that the strategy can cut. */
  readonly split: Split;
  /** The first that fits an output counts. */
  readonly merges: readonly PatternMerges[];
}

/**
 * How a job is cut by the parameters of its destination (`submit_strategy: records`, without the prefix), or by the
 * rules of the administrator for its tool; `undefined` if it is not.
 *
 * @throws JobDescriptionError with all that is wrong
 */
export function splitOfParameters(
  parameters: Readonly<Record<string, unknown>>,
  options: { readonly rules?: ResourceRules; readonly toolId?: string; readonly prefix?: string } = {},
): RequestedSplit | undefined {
  const { rules = noResourceRules, toolId, prefix = 'submit_' } = options;
  const { asked, problems } = readParameters(parameters, prefix);
  throwProblems(problems);
  const wanted = { ...usualOf(rulesForTool(rules, toolId).defaults, asked), ...asked };
  const { strategy } = wanted;
  if (strategy === undefined || strategy === 'none') return undefined;
  const plan =
    typeof strategy === 'string' ? planOfName(strategy, wanted) : planGiven(strategy, wanted, prefix);
  return {
    split: plan.split,
    merges: [...mergesOf(wanted, prefix), ...(plan.merges ? [everything(plan.merges)] : [])],
  };
}

/** What was said of one strategy is nothing for another. */
function usualOf(defaults: SplitParameters, asked: SplitParameters): SplitParameters {
  if (asked.strategy === undefined) return defaults;
  return defaults.merge === undefined ? {} : { merge: defaults.merge };
}

function readParameters(
  parameters: Readonly<Record<string, unknown>>,
  prefix: string,
): { asked: SplitParameters; problems: JobDescriptionProblem[] } {
  const asked: Record<string, unknown> = {};
  const problems: JobDescriptionProblem[] = [];
  for (const [name, given] of Object.entries(parameters)) {
    if (given === '' || given === null || !isSplitParameter(name)) continue;
    const read = splitParameters[name].safeParse(given);
    if (read.success) asked[name] = read.data;
    else {
      const text = `${shownValue(given)} cannot be used; ${read.error.issues[0]?.message ?? ''}`;
      problems.push({ code: 'INVALID_VALUE', field: `${prefix}${name}`, text });
    }
  }
  // The names are those of the schemas, and the values are what these made.
  return { asked: asked as SplitParameters, problems };
}

/** Strategies that want to know how much a part has, and by what they know it. */
const counted: ReadonlySet<string> = new Set(['records', 'blocks']);
const amounts = ['parts', 'size', 'bytes', 'minutes'];

/** As many as Galaxy's own splitting makes where nobody says it. */
const usualParts = 20;

function planOfName(strategy: string, wanted: SplitParameters): { split: Split; merges?: undefined } {
  const {
    strategy_parts: parts,
    strategy_size: size,
    strategy_bytes: bytes,
    strategy_minutes: minutes,
    strategy_format: format,
  } = wanted;
  const parameters = {
    ...(parts !== undefined && { parts }),
    ...(size !== undefined && { size }),
    ...(bytes !== undefined && { bytes }),
    ...(minutes !== undefined && { minutes }),
    ...(format !== undefined && { format }),
    ...wanted.strategy_parameters,
  };
  const isCounted = amounts.some((name) => Object.hasOwn(parameters, name));
  const amount = counted.has(strategy) && !isCounted ? { parts: usualParts } : {};
  const words = wanted.strategy_inputs?.split(',').map((word) => word.trim()) ?? [];
  const inputs = words.filter((word) => word !== '');
  return {
    split: { alternatives: [{ by: [{ strategy, inputs, parameters: { ...amount, ...parameters } }] }] },
  };
}

/** A whole plan has parameters of its own. */
function planGiven(plan: object, wanted: SplitParameters, prefix: string): ReturnType<typeof parseSplitPlan> {
  const names = [
    'strategy_inputs',
    'strategy_parts',
    'strategy_size',
    'strategy_bytes',
    'strategy_minutes',
  ] as const;
  const others = [...names, 'strategy_format' as const, 'strategy_parameters' as const];
  const contradicting = others.filter((name) => wanted[name] !== undefined);
  throwProblems(
    contradicting.map((name) => ({
      code: 'INVALID_VALUE',
      field: `${prefix}${name}`,
      text: `${prefix}strategy is a whole plan; say it there`,
    })),
  );
  return inField(`${prefix}strategy`, () => parseSplitPlan('split' in plan ? plan : { split: plan }));
}

function mergesOf({ merge }: SplitParameters, prefix: string): PatternMerges[] {
  if (merge === undefined) return [];
  const read = (given: unknown, field: string) => inField(field, () => mergesGiven(given));
  const isByPattern = typeof merge === 'object' && !Array.isArray(merge) && !('merge' in merge);
  if (!isByPattern) return [everything(read(merge, `${prefix}merge`))];
  return Object.entries(merge).map(([pattern, given]) => ({
    pattern,
    merges: read(given, `${prefix}merge.${pattern}`),
  }));
}

/** As documents say it: there it stands beside a split. */
function mergesGiven(merge: unknown): OutputMerge[] {
  const { merges } = parseSplitPlan({ split: { whole: true }, merge });
  return merges ?? [];
}

const everything = (merges: OutputMerge[]): PatternMerges => ({ pattern: '*', merges });

/** The field of a document stands in a field of the destination. */
function inField<Result>(field: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JobDescriptionError)) throw error;
    const [first, ...others] = error.problems.map((problem) => ({
      ...problem,
      field: `${field}: ${problem.field}`,
    }));
    throw first ? new JobDescriptionError([first, ...others]) : error;
  }
}
