import { z } from 'zod';
import { found, wholeNumber } from '../parameter-schemas.ts';
import { largestSeed } from '../replicate/seeds.ts';
import { maximumParts } from '../strategy.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One of the values that a parameter of a command takes. */
export type Scalar = z.output<typeof scalar>;

const aRange =
  'A range has from, to, and either step or count (how many values), perhaps scale: log; or from and to alone ' +
  'where values are drawn';

const rangeSchema = z
  .strictObject({
    from: z.number(),
    /** Itself one of the values, if the steps lead to it. */
    to: z.number(),
    step: z.number().positive().exactOptional(),
    count: wholeNumber({ least: 1, most: maximumParts }).exactOptional(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Rounds every value to a whole number. */
    whole: z.boolean().default(false),
  })
  .refine(({ step, count }) => step === undefined || count === undefined, { error: aRange })
  .refine(({ scale, step }) => scale === 'linear' || step === undefined, {
    error: 'a range on a logarithmic scale has a count and no step',
  })
  .refine(({ scale, from, to }) => scale === 'linear' || (from > 0 && to > 0), {
    error: 'a range on a logarithmic scale goes from and to numbers above 0',
  });

/** The numbers from one to another. */
export type Range = z.output<typeof rangeSchema>;

const valuesSchema = z
  .union([z.array(scalar), rangeSchema], {
    error: ({ input }) => `expected a list of values, or a range, found ${found(input)}. ${aRange}`,
  })
  .refine((values) => !Array.isArray(values) || values.length > 0, {
    error: 'expected a list of values, or a range, found an empty list',
  });

/** What one parameter of a command may be: these values, or numbers of a range. */
export type Values = z.output<typeof valuesSchema>;

const nameOfValue = /^[A-Za-z_]\w*$/;

/** Parameters of the strategy `sweep`. */
export const sweepParametersSchema = z
  .strictObject({
    /** By name, what each parameter of the command may be; absent where a table says it. */
    values: z
      .record(z.string(), valuesSchema)
      .refine((values) => Object.keys(values).every((name) => nameOfValue.test(name)), {
        error: ({ input }) =>
          `expected names of letters, digits and _, found ${Object.keys(Object(input)).join(', ')}`,
      })
      .exactOptional(),
    /** Whether every value meets every other, or the first meets the first, the second the second, and so on. */
    combine: z.enum(['product', 'zip']).default('product'),
    /** Draws so many combinations, instead of going through them all. */
    draw: z
      .strictObject({
        number: wholeNumber({ least: 1, most: maximumParts }),
        /** A Latin hypercube covers each range evenly: each of as many strata is met once. */
        method: z.enum(['random', 'latin-hypercube']).default('latin-hypercube'),
        seed: wholeNumber({ least: 0, most: largestSeed }).default(1),
      })
      .exactOptional(),
    /** A condition, an expression of CEL over the values; combinations for which it does not hold are dropped. */
    where: z.string().exactOptional(),
  })
  .refine(({ values }) => values === undefined || Object.keys(values).length > 0, {
    error: 'values: expected at least one parameter with its values',
  })
  .refine(({ combine, draw }) => combine === 'product' || draw === undefined, {
    error: 'give one of combine: zip and draw',
  });

/** See {@link sweepParametersSchema}. */
export type SweepParameters = z.output<typeof sweepParametersSchema>;
