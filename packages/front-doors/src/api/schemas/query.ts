import { z } from 'zod';

/** A whole number in a query, where all is text. */
export const wholeNumber = (least: number, most: number) =>
  z
    .codec(
      z.string().regex(/^\d{1,15}$/, { error: 'expected a whole number' }),
      z
        .int()
        .min(least, { error: `expected a whole number of at least ${least}` })
        .max(most, { error: `expected a whole number of at most ${most}` }),
      { decode: Number, encode: String },
    )
    // What people and clients write; that it comes as text is HTTP's affair.
    .meta({ type: 'integer', minimum: least, maximum: most, pattern: undefined });

/** Yes or no in a query. */
export const yesOrNo = z
  .codec(z.enum(['true', 'false'], { error: 'expected true or false' }), z.boolean(), {
    decode: (text) => text === 'true',
    encode: (value) => (value ? 'true' : 'false'),
  })
  .meta({ type: 'boolean', enum: undefined });
