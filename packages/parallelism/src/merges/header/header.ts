import {
  FormatError,
  formatForFileName,
  openDecoded,
  type RecordFormat,
  recordFormatNamed,
  recordFormats,
} from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, nameOfPart, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { Joiner } from './joiner.ts';
import { type PartFrame, readFrame } from './part-frame.ts';

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

/** Formats in which a line end between records means nothing. */
const statements = new Set(['newick', 'nexus']);

const telling = 64 * 1024;

/** The line end of the result: that of the first line. */
const lineEndOf = async (
  format: RecordFormat,
  { part }: PartFrame,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> => {
  if (statements.has(format.name)) return undefined;
  await using source = await openDecoded(part.path, { signal });
  for await (const chunk of source) {
    const beginning = Buffer.from(chunk.subarray(0, telling)).toString('latin1');
    return Buffer.from(/^[^\n]*\r\n/.test(beginning) ? '\r\n' : '\n');
  }
  return Buffer.from('\n');
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

const expectSame = (first: PartFrame, other: PartFrame, headers: HeaderParameters['headers']): void => {
  if (other.compression !== first.compression) {
    throw new FormatError(
      'MALFORMED',
      `expected it to be compressed like ${nameOfPart(first.part)} (${first.compression}), found ${other.compression}`,
      { path: other.part.path, offset: 0 },
    );
  }
  if (headers === 'first') return;
  const [expected, found] = [withoutLineEnd(first.header), withoutLineEnd(other.header)];
  if (expected === found) return;
  throw new FormatError(
    'MALFORMED',
    `expected the header of ${nameOfPart(first.part)} (${first.part.path}): ${firstDifference(expected, found)}; ` +
      'with the parameter headers=first that of the first part is taken, whatever the others say',
    { path: other.part.path, offset: 0 },
  );
};

const join = async (request: JoinRequest<HeaderParameters>): Promise<void> => {
  const { parameters, signal } = request;
  const parts = expectParts('header', request);
  const format = formatOf(parameters.format, parts[0]);
  let first: PartFrame | undefined;
  const frames: PartFrame[] = [];
  for (const part of parts) {
    await withPart(part, async () => {
      const frame = await readFrame(part, format, signal);
      if (first === undefined || first.isEmpty) first = frame;
      else if (!frame.isEmpty) expectSame(first, frame, parameters.headers);
      // Headers are the same; holding each would take memory by their number.
      if (!frame.isEmpty) frames.push(first === frame ? frame : { ...frame, header: noBytes });
    });
  }
  if (first !== undefined) await writeFrames(request, format, first, frames);
};

const noBytes = new Uint8Array(0);

const writeFrames = (
  request: JoinRequest<HeaderParameters>,
  format: RecordFormat,
  first: PartFrame,
  frames: readonly PartFrame[],
): Promise<void> =>
  writeResult(request, async (result) => {
    const { signal } = request;
    const lineEnd = await lineEndOf(format, first, signal);
    const joiner = new Joiner(result, first.compression, { lineEnd, signal });
    // Where the header is what the file begins with, both are copied in one piece.
    const isBeginning = first.header.length === first.from;
    if (!isBeginning) await joiner.bytes(first.header);
    for (const frame of frames) {
      const from = frame === first && isBeginning ? 0 : frame.from;
      const to = frame.footer.length === 0 ? undefined : frame.to;
      await withPart(frame.part, () => joiner.stretch({ path: frame.part.path, from, to }));
    }
    await joiner.bytes(first.footer);
    await joiner.end();
  });

/** Joins files of records: the header once, the records of all, the footer once. */
export const header: Merge<HeaderParameters> = {
  name: 'header',
  description:
    'Joins results that begin with a header: that of the first part once, the records of all parts in order, what ' +
    'stands after the records once. Headers must be the same.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
