import {
  FormatError,
  formatForFileName,
  type RecordFormat,
  recordFormatNamed,
  recordFormats,
} from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, nameOfPart } from '../files/name-part.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { type HeaderUnion, joinFrames } from './join-frames.ts';
import type { PartFrame } from './part-frame.ts';

const parametersSchema = z.strictObject({
  format: z.string().optional(),
  headers: z.enum(['same', 'first']).default('same'),
});

/** What the merge `header` takes. */
export type HeaderParameters = z.infer<typeof parametersSchema>;

const compressed = /\.(?:gz|bgz|bgzf|zst)$/;

const formatOf = (format: string | undefined, first: NumberedPart): RecordFormat => {
  if (format !== undefined) return recordFormatNamed(format);
  const found = formatForFileName(first.path.replace(compressed, ''));
  if (found !== undefined) return found;
  const names = recordFormats.map(({ name }) => name).join(', ');
  const text = `merge header: the name of the file ${first.path} does not tell its format; say it with the parameter format (${names})`;
  throw new PlanError('INVALID_PARAMETERS', text);
};

const withoutLineEnd = (header: Uint8Array): string =>
  Buffer.from(header)
    .toString('latin1')
    .replace(/[\r\n]+$/, '');

const firstDifference = (expected: string, found: string): string => {
  const [ours, theirs] = [expected.split('\n'), found.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const line = at === -1 ? ours.length : at;
  const show = (text: string | undefined) =>
    text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 80));
  return `line ${line + 1} of the header is ${show(theirs[line])} in the place of ${show(ours[line])}`;
};

/** Takes the header of the first part, and compares those of the others with it, if it is to. */
class FirstHeader implements HeaderUnion {
  header: Uint8Array = new Uint8Array(0);
  readonly #compares: boolean;
  #first: NumberedPart | undefined;

  constructor(headers: HeaderParameters['headers']) {
    this.#compares = headers === 'same';
  }

  add({ part, header }: PartFrame): void {
    if (this.#first === undefined) {
      this.header = header;
      this.#first = part;
    } else if (this.#compares) this.#compare(this.#first, part, header);
  }

  #compare(first: NumberedPart, part: NumberedPart, header: Uint8Array): void {
    const [expected, found] = [withoutLineEnd(this.header), withoutLineEnd(header)];
    if (expected === found) return;
    const text =
      `expected the header of ${nameOfPart(first)} (${first.path}): ${firstDifference(expected, found)}; ` +
      'with the parameter headers=first that of the first part is taken, whatever the others say';
    throw new FormatError('MALFORMED', text, { path: part.path, offset: 0 });
  }
}

const join = async (request: JoinRequest<HeaderParameters>): Promise<void> => {
  const parts = expectParts('header', request);
  const format = formatOf(request.parameters.format, parts[0]);
  await joinFrames(request, parts, format, new FirstHeader(request.parameters.headers));
};

/** Joins files of records: the header once, the records of all, the footer once. */
export const header: Merge<HeaderParameters> = {
  name: 'header',
  description:
    'Joins results that begin with a header: that of the first part once, the records of all parts in order, what ' +
    'stands after the records once. Headers must be the same.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
