import { recordFormats } from '@galaxy-mesos/formats';
import { z } from 'zod';

const found = (input: unknown): string =>
  input === undefined ? 'nothing' : (JSON.stringify(input) ?? String(input));

const count = z
  .int({ error: ({ input }) => `expected a whole number, 1 or more, found ${found(input)}` })
  .min(1, { error: ({ input }) => `expected a whole number, 1 or more, found ${found(input)}` });

const formatNames = recordFormats.map(({ name }) => name);

/** Parameters of the strategy `records`: the format, and either the size of a part or the number of parts. */
export const recordsParametersSchema = z
  .strictObject({
    /** The name of a format of the package `formats`. */
    format: z.enum(formatNames, {
      error: ({ input }) => `expected one of ${formatNames.join(', ')}, found ${found(input)}`,
    }),
    /** So many records in each part, and what is left in the last. */
    size: count.optional(),
    /** So many parts of nearly equal bytes, or as many as there are records if those are fewer. */
    parts: count.optional(),
  })
  .refine(({ size, parts }) => (size === undefined) !== (parts === undefined), {
    error: 'give exactly one of size (how many records a part has) and parts (how many parts there are)',
  });

/** See {@link recordsParametersSchema}. */
export type RecordsParameters = z.infer<typeof recordsParametersSchema>;
