import { recordFormats } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { found, wholeNumber } from '../parameter-schemas.ts';

const count = wholeNumber({ least: 1 });

const formatNames = recordFormats.map(({ name }) => name);

/** How inputs are cut between records. */
export const recordsShape = {
  /** The name of a format of the package `formats`. */
  format: z.enum(formatNames, {
    error: ({ input }) => `expected one of ${formatNames.join(', ')}, found ${found(input)}`,
  }),
  /** So many records in each part, and what is left in the last. */
  size: count.exactOptional(),
  /** So many parts of nearly equal bytes, or as many as there are records if those are fewer. */
  parts: count.exactOptional(),
};

interface Amount {
  readonly size?: number;
  readonly parts?: number;
}

/** Lets parameters say either how many records a part has or how many parts there are. */
export const refineAmount = <Schema extends z.ZodType<Amount>>(schema: Schema): Schema =>
  schema.refine(({ size, parts }) => (size === undefined) !== (parts === undefined), {
    error: 'give exactly one of size (how many records a part has) and parts (how many parts there are)',
  });

/** Parameters of the strategy `records`: the format, and either the size of a part or the number of parts. */
export const recordsParametersSchema = refineAmount(z.strictObject(recordsShape));

/** See {@link recordsParametersSchema}. */
export type RecordsParameters = z.infer<typeof recordsParametersSchema>;
