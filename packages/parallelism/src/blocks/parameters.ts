import { z } from 'zod';
import { wholeNumber } from '../parameter-schemas.ts';
import { minutesSchema } from '../records/parameters.ts';
import { maximumParts } from '../strategy.ts';

const ways = ['parts', 'bytes', 'size', 'minutes'] as const;

const count = wholeNumber({ least: 1 });

/** Parameters of the strategy `blocks`: how much a part has, and what is not to be parted. */
export const blocksParametersSchema = z
  .strictObject({
    /** So many parts of nearly equal compressed bytes, or fewer where there are not as many places to cut. */
    parts: wholeNumber({ least: 1, most: maximumParts }).exactOptional(),
    /** About so many compressed bytes in each part. */
    bytes: count.exactOptional(),
    /** So many reads in each part, or with `group` so many names, and what is left in the last. */
    size: count.exactOptional(),
    /** About so many minutes for each part, by how long the first parts take, which are small. */
    minutes: minutesSchema.exactOptional(),
    /** Keeps reads of one name that follow each other together. */
    group: z.boolean().default(false),
    /** Reads the whole file first, so that every cut is certain and damage is noticed before any task runs. */
    verify: z.boolean().default(false),
  })
  .refine((amount) => ways.filter((way) => amount[way] !== undefined).length === 1, {
    error:
      'give exactly one of parts (how many parts there are), bytes (how many compressed bytes a part has), size ' +
      '(how many reads a part has) and minutes (about how long a part takes)',
  });

/** See {@link blocksParametersSchema}. */
export type BlocksParameters = z.output<typeof blocksParametersSchema>;
