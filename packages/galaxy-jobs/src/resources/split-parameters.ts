import { z } from 'zod';

const count = (what: string) => {
  const error = `expected ${what}, a whole number above 0`;
  return z
    .union(
      [
        z.number().int().positive(),
        z
          .string()
          .trim()
          .regex(/^0*[1-9]\d*$/)
          .transform(Number),
      ],
      { error },
    )
    .describe(what);
};

const minutes = (what: string) => {
  const error = `expected ${what}, a number above 0`;
  return z
    .union(
      [
        z.number().positive(),
        z
          .string()
          .trim()
          .regex(/^\d*\.?\d+$/)
          .transform(Number),
      ],
      { error },
    )
    .refine((number) => number > 0, { error })
    .describe(what);
};

const line = (what: string) =>
  z
    .string({ error: `expected ${what}` })
    .trim()
    .min(1, { error: `expected ${what}` });

/** What stands in a destination as text may be nested there, too: YAML has both. */
function nested(expected: string) {
  return z.unknown().transform((given, context) => {
    try {
      const read: unknown = typeof given === 'string' ? JSON.parse(given) : given;
      if (typeof read === 'object' && read !== null) return read;
    } catch {
      // The message below says it for all.
    }
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: given });
    return z.NEVER;
  });
}

const isNested = (given: unknown): boolean => typeof given !== 'string' || /^\s*[[{]/.test(given);

/** One word, or what is nested. */
const wordOr = (expected: string) =>
  z.unknown().transform((given, context) => {
    const read = isNested(given) ? nested(expected).safeParse(given) : line(expected).safeParse(given);
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: given });
    return z.NEVER;
  });

/**
 * How a job of Galaxy's is cut into parts, by the names that destinations (after `submit_`) and configuration share.
 */
export const splitParameters = {
  strategy: wordOr('the name of a strategy, such as records, a plan as JSON, or none').describe(
    'the strategy by which jobs are cut into parts, such as records; a whole plan; or none',
  ),
  strategy_inputs: line(
    'names of formats or patterns of file names, with commas, such as fastq or *.fa',
  ).describe(
    'which inputs are cut: formats, such as fastq, or patterns of file names, with commas in between',
  ),
  strategy_parts: count('how many parts there are'),
  strategy_size: count('how many records a part has'),
  strategy_bytes: count('how many bytes a part has at most'),
  strategy_minutes: minutes('how many minutes a part should take'),
  strategy_format: line('the name of a format, such as fastq').describe(
    'the format of the inputs that are cut',
  ),
  strategy_parameters: nested('an object as JSON, such as {"group": 2}').describe(
    'what else the strategy takes',
  ),
  merge: wordOr(
    'the name of a merge, or merges by pattern or format as JSON, such as {"*.png": "first"}',
  ).describe(
    'how the outputs of the parts are joined: a merge, or merges by pattern of the file name or by format',
  ),
} as const;

/** The name of one of {@link splitParameters}. */
export type SplitParameterName = keyof typeof splitParameters;

/** The values of {@link splitParameters}, each only if it was given. */
export type SplitParameters = {
  -readonly [Name in SplitParameterName]?: z.output<(typeof splitParameters)[Name]>;
};

/** Whether a parameter says how jobs are cut. */
export const isSplitParameter = (name: string): name is SplitParameterName =>
  Object.hasOwn(splitParameters, name);
