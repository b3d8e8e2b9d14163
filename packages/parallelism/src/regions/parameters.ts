import { z } from 'zod';
import { filePath, wholeNumber } from '../parameter-schemas.ts';
import { minutesSchema } from '../records/parameters.ts';
import { maximumParts } from '../strategy.ts';

const count = wholeNumber({ least: 1 });

const ways = ['parts', 'bytes', 'window', 'by', 'minutes'] as const;

/** Parameters of the strategy `regions`: where it cuts, and what a part is. */
export const regionsParametersSchema = z
  .strictObject({
    /** So many parts of about equal work, besides that of reads without a place. */
    parts: wholeNumber({ least: 1, most: maximumParts }).exactOptional(),
    /** As few parts as have at most about so many compressed bytes each. */
    bytes: count.exactOptional(),
    /** About so many minutes for each part, by how long the first parts take, which are small. */
    minutes: minutesSchema.exactOptional(),
    /** Regions of so many bases. */
    window: count.exactOptional(),
    /** A part for each sequence, or for each of the targets. */
    by: z.enum(['contig', 'target']).exactOptional(),
    /** What is equal in parts: compressed bytes, reads, or bases. */
    equal: z.enum(['work', 'reads', 'bases']).exactOptional(),
    /** A BED file: only these regions are worked on. */
    targets: filePath().exactOptional(),
    /** So many bases before and behind each region are read, too; what they give is to be left out of the result. */
    overlap: count.exactOptional(),
    /** The command gets the whole input, with its index beside it, and works on `{region}` of it. */
    whole: z.boolean().default(false),
    /** Whether a part may have several regions, such as many short sequences; unless told otherwise if not `whole`. */
    together: z.boolean().exactOptional(),
    /** Whether reads without a place make a part of their own, or are left out; unless told otherwise if not `whole`. */
    unplaced: z.boolean().exactOptional(),
    /** Indexes in the order of the inputs, where they do not lie beside these. */
    indexes: z.array(filePath()).min(1).exactOptional(),
    /** The FASTA file to which a CRAM file is compressed, for `samtools` on the agents. */
    reference: filePath().exactOptional(),
  })
  .refine((parameters) => ways.filter((way) => parameters[way] !== undefined).length === 1, {
    error:
      'give exactly one of parts (how many parts there are), bytes (how many compressed bytes a part has), window (how ' +
      'many bases a region has), minutes (about how long a part takes) and by (contig or target)',
  })
  .refine(({ parts, equal }) => equal === undefined || parts !== undefined, {
    error: 'equal says what is equal in so many parts: give it with parts',
  })
  .refine(({ by, targets }) => by !== 'target' || targets !== undefined, {
    error: 'by: target needs targets, a BED file',
  });

/** See {@link regionsParametersSchema}. */
export type RegionsParameters = z.output<typeof regionsParametersSchema>;

/** Whether a part may have several regions. */
export const isTogether = ({ together, whole }: RegionsParameters): boolean => together ?? !whole;

/** Whether reads without a place are a part. */
export const takesUnplaced = ({ unplaced, whole, targets }: RegionsParameters): boolean =>
  unplaced ?? !(whole || targets !== undefined);
