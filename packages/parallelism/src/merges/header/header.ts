import { detectFormat, type RecordFormat, recordFormatNamed, recordFormats } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import type { NumberedPart } from '../files/name-part.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { FirstHeader } from './first-header.ts';
import { type HeaderUnion, joinFrames } from './join-frames.ts';
import { LineUnion } from './line-union.ts';
import { NamedColumns } from './named-columns.ts';

const parametersSchema = z.strictObject({
  format: z.string().optional(),
  headers: z.enum(['same', 'first']).default('same'),
});

/** What the merge `header` takes. */
export type HeaderParameters = z.infer<typeof parametersSchema>;

const formatOf = (format: string | undefined, first: NumberedPart): RecordFormat => {
  if (format !== undefined) return recordFormatNamed(format);
  const found = detectFormat(first.path)?.format;
  if (found !== undefined) return found;
  const names = recordFormats.map(({ name }) => name).join(', ');
  const text = `merge header: the name of the file ${first.path} does not tell its format; say it with the parameter format (${names})`;
  throw new PlanError('INVALID_PARAMETERS', text);
};

const unionFor = ({ name }: RecordFormat, { headers }: HeaderParameters): HeaderUnion => {
  if (headers === 'first') return new FirstHeader(headers);
  if (name === 'gff3' || name === 'gtf') return new LineUnion();
  if (name === 'csv') return new NamedColumns(',');
  return name === 'tsv' ? new NamedColumns('\t') : new FirstHeader(headers);
};

const join = async (request: JoinRequest<HeaderParameters>): Promise<void> => {
  const parts = expectParts('header', request);
  const format = formatOf(request.parameters.format, parts[0]);
  await joinFrames(request, parts, format, unionFor(format, request.parameters));
};

/** Joins files of records: the header once, the records of all, the footer once. */
export const header: Merge<HeaderParameters> = {
  name: 'header',
  description:
    'Joins results that begin with a header: that of the first part once, the records of all parts in order, what ' +
    'stands after the records once. Headers must be the same, but for those of GFF, which are united.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
