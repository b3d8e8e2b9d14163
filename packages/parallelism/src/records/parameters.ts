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

/** How much a part has. */
export interface RecordsAmount {
  readonly size?: number;
  readonly parts?: number;
  readonly bytes?: number;
  readonly group?: number;
  readonly minutes?: number;
}

const ways = {
  size: 'how many records a part has',
  parts: 'how many parts there are',
  bytes: 'how many bytes a part has at most',
  minutes: 'about how long a part takes',
} as const;

const listed = (texts: readonly string[]): string => `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;

/** About so many minutes, which may be a part of one, or days. */
export const minutesSchema: z.ZodType<number> = z.number().positive().max(1_000_000);

/** Lets parameters say in exactly one of these ways how much a part has. */
export const refineAmount = <Schema extends z.ZodType<RecordsAmount>>(
  schema: Schema,
  names: readonly (keyof typeof ways)[] = ['size', 'parts', 'bytes'],
): Schema =>
  schema
    .refine((amount) => names.filter((name) => amount[name] !== undefined).length === 1, {
      error: `give exactly one of ${listed(names.map((name) => `${name} (${ways[name]})`))}`,
    })
    .refine(({ size, group = 1 }) => size === undefined || size % group === 0, {
      error: ({ input }) => {
        const { size, group } = input as RecordsAmount;
        return `size ${size} would tear groups of ${group} records; expected a multiple of ${group}`;
      },
    });

/** Parameters of the strategy `records`: the format, and how much a part has. */
export const recordsParametersSchema = refineAmount(
  z.strictObject({
    ...recordsShape,
    /** About so many minutes for each part, by how long the first parts take, which are small. */
    minutes: minutesSchema.exactOptional(),
  }),
  ['size', 'parts', 'bytes', 'minutes'],
);

/** See {@link recordsParametersSchema}. */
export type RecordsParameters = z.infer<typeof recordsParametersSchema>;
