import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { detectFormat, recordFormatNamed } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import type { KnownResult } from '../choose-merge.ts';
import { expectParts } from '../files/expect-parts.ts';
import { extensionOf } from '../files/extension-of.ts';
import { type NumberedPart, numbered, withPart } from '../files/name-part.ts';
import { FirstHeader } from '../header/first-header.ts';
import { joinFrames } from '../header/join-frames.ts';
import type { JoinPart, JoinRequest, Merge, MergeChoice } from '../merge.ts';
import { joinAlignments } from '../sam/sam.ts';
import { joinVariants } from '../vcf/vcf.ts';
import { type PlaceColumns, trimPart } from './trim-part.ts';

/** Formats of which each line is at one place. Features of GFF belong together, and would be torn apart. */
const placed = ['vcf', 'bed', 'interval', 'sam', 'tabular', 'tsv', 'text'] as const;
type PlacedFormat = (typeof placed)[number];

const column = z.int().min(1);

const parametersSchema = z.strictObject({
  format: z.enum(placed).exactOptional(),
  contig: column.exactOptional(),
  position: column.exactOptional(),
  base: z.literal([0, 1]).exactOptional(),
});

/** What the merge `trimmed` takes. */
export type TrimmedParameters = z.infer<typeof parametersSchema>;

const columnsOf: Readonly<Record<PlacedFormat, PlaceColumns>> = {
  vcf: { contig: 1, position: 2, base: 1 },
  sam: { contig: 3, position: 4, base: 1 },
  bed: { contig: 1, position: 2, base: 0 },
  interval: { contig: 1, position: 2, base: 0 },
  tabular: { contig: 1, position: 2, base: 1 },
  tsv: { contig: 1, position: 2, base: 1 },
  text: { contig: 1, position: 2, base: 1 },
};

const formatOf = (parameters: TrimmedParameters, first: NumberedPart): PlacedFormat => {
  if (parameters.format !== undefined) return parameters.format;
  const name = detectFormat(first.path)?.format?.name;
  const found = placed.find((one) => one === name);
  if (found !== undefined) return found;
  const text =
    `merge trimmed: expected a result of which every line has a place; the name of the file ${first.path} does not tell ` +
    `that it is one. Say its format with the parameter format (${placed.join(', ')})`;
  throw new PlanError('INVALID_PARAMETERS', text);
};

/** How the format is joined where nothing of a part is another's. */
const joinOwn = (request: JoinRequest<unknown>, format: PlacedFormat): Promise<void> => {
  if (format === 'vcf') return joinVariants({ ...request, parameters: { duplicates: 'keep' } });
  if (format === 'sam') return joinAlignments({ ...request, parameters: {} });
  return joinFrames(request, numbered(request), recordFormatNamed(format), new FirstHeader('same'));
};

const join = async (request: JoinRequest<TrimmedParameters>): Promise<void> => {
  const { parameters, destination, signal } = request;
  const parts = expectParts('trimmed', request);
  const format = formatOf(parameters, parts[0]);
  const { contig, position, base } = { ...columnsOf[format], ...parameters };
  const scratch = `${destination}.trimmed`;
  await mkdir(scratch);
  try {
    const own: JoinPart[] = [];
    for (const part of parts) {
      const trimmedPart = path.join(scratch, String(part.index));
      const columns = { contig, position, base };
      const trim = { part, format: recordFormatNamed(format), columns, destination: trimmedPart, signal };
      await withPart(part, () => trimPart(trim));
      own.push({ ...part, path: trimmedPart });
    }
    await joinOwn({ ...request, parts: own }, format);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** How a result is joined of parts that overlap, if each of its lines is at one place; `undefined` where it may not be. */
export const trimmedResult = ({ fileName, datatype }: KnownResult): MergeChoice | undefined => {
  const name = datatype?.toLowerCase() ?? extensionOf(fileName);
  const format = textVariants.has(name) ? 'vcf' : (['bed', 'sam'] as const).find((one) => one === name);
  return format && { merge: 'trimmed', parameters: { format } };
};

/** Names of VCF; BCF is no text. */
const textVariants = new Set(['vcf', 'gvcf', 'vcf_bgzip']);

/** Joins results of parts that overlap. */
export const trimmed: Merge<TrimmedParameters> = {
  name: 'trimmed',
  description:
    'Joins results of regions that overlap: of each part only the lines that begin in its own {region}, so that each ' +
    'place is told once, by the part that saw what lies around it. Lines say their place in the columns contig and ' +
    'position; headers are joined as their format wants it.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
