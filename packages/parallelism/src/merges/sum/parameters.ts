import { z } from 'zod';

const column = z.int().min(1);

const valueSchema = z
  .strictObject({
    column,
    by: z.enum(['sum', 'min', 'max', 'mean']).default('sum'),
    weight: column.optional(),
  })
  .refine(({ by, weight }) => by !== 'mean' || weight !== undefined, {
    error: 'a mean of means needs the column of weights: {"column": 3, "by": "mean", "weight": 2}',
  });

const common = {
  keys: z.array(column).optional(),
  separator: z.string().length(1).default('\t'),
  format: z.enum(['text', 'tabular', 'tsv']).default('tabular'),
};

/** The parameters of the merge `sum`. */
export const sumParametersSchema = z.strictObject({
  ...common,
  values: z.array(valueSchema).min(1).optional(),
  order: z.enum(['first', 'text', 'number']).default('first'),
});

/** What the merge `sum` takes. */
export type SumParameters = z.infer<typeof sumParametersSchema>;

/** The parameters of the merge `count`. */
export const countParametersSchema = z.strictObject({
  ...common,
  order: z.enum(['first', 'text', 'number']).default('first'),
});

/** What the merge `count` takes. */
export type CountParameters = z.infer<typeof countParametersSchema>;

/** The parameters of the merge `histogram`. */
export const histogramParametersSchema = z.strictObject(common);

/** What the merge `histogram` takes. */
export type HistogramParameters = z.infer<typeof histogramParametersSchema>;
