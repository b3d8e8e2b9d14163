import { z } from 'zod';

const keySchema = z.strictObject({
  column: z.int().min(1),
  kind: z.enum(['text', 'number', 'contig']).default('text'),
  reverse: z.boolean().default(false),
});

/** The formats of which every record is a line, with which column is what. */
const lineFormats = ['text', 'tabular', 'tsv', 'bed', 'interval', 'gff3', 'gtf', 'sam', 'vcf'] as const;

/** The parameters of the merge `sorted`. */
export const sortedParametersSchema = z.strictObject({
  format: z.enum(lineFormats).default('text'),
  keys: z.array(keySchema).min(1).optional(),
  separator: z
    .string()
    .length(1)
    .refine(
      (separator) => separator !== '\n' && separator.charCodeAt(0) < 0x80,
      'expected an ASCII character',
    )
    .default('\t'),
  contigs: z.array(z.string().min(1)).min(1).optional(),
});

/** What the merge `sorted` takes. */
export type SortedParameters = z.infer<typeof sortedParametersSchema>;

/** What lines are compared by: a column, counted from 1, or the strand that the flag of SAM tells. */
export interface Key {
  readonly column: number;
  readonly kind: 'text' | 'number' | 'contig' | 'strand';
  readonly reverse: boolean;
}

const key = (column: number, kind: Key['kind']): Key => ({ column, kind, reverse: false });

const coordinates: Readonly<Partial<Record<(typeof lineFormats)[number], readonly Key[]>>> = {
  bed: [key(1, 'contig'), key(2, 'number')],
  interval: [key(1, 'contig'), key(2, 'number')],
  gff3: [key(1, 'contig'), key(4, 'number')],
  gtf: [key(1, 'contig'), key(4, 'number')],
  sam: [key(3, 'contig'), key(4, 'number'), key(2, 'strand')],
  vcf: [key(1, 'contig'), key(2, 'number')],
};

/** By what lines of the format are sorted, where nobody says it: coordinates, or else the whole line, as column 0. */
export const keysOf = ({ format, keys }: SortedParameters): readonly Key[] =>
  keys ?? coordinates[format] ?? [key(0, 'text')];
