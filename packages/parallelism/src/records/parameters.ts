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
  /** At most so many bytes of records in each part, but at least one record; of a compressed input, of its content. */
  bytes: count.exactOptional(),
  /** So many records stay together, such as the 2 of a pair that is interleaved. */
  group: count.exactOptional(),
};

interface Amount {
  readonly size?: number;
  readonly parts?: number;
  readonly bytes?: number;
  readonly group?: number;
}

/** Lets parameters say in exactly one way how much a part has. */
export const refineAmount = <Schema extends z.ZodType<Amount>>(schema: Schema): Schema =>
  schema
    .refine(
      ({ size, parts, bytes }) => [size, parts, bytes].filter((way) => way !== undefined).length === 1,
      {
        error:
          'give exactly one of size (how many records a part has), parts (how many parts there are) and bytes (how many ' +
          'bytes a part has at most)',
      },
    )
    .refine(({ size, group = 1 }) => size === undefined || size % group === 0, {
      error: ({ input }) => {
        const { size, group } = input as Amount;
        return `size ${size} would tear groups of ${group} records; expected a multiple of ${group}`;
      },
    });

/** Parameters of the strategy `records`: the format, and how much a part has. */
export const recordsParametersSchema = refineAmount(z.strictObject(recordsShape));

/** See {@link recordsParametersSchema}. */
export type RecordsParameters = z.infer<typeof recordsParametersSchema>;
