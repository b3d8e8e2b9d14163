import { openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { filePath } from '../../parameter-schemas.ts';
import { expectParts } from '../files/expect-parts.ts';
import { joinByProgram } from '../files/join-by-program.ts';
import { type NumberedPart, withPart, wrongPart } from '../files/name-part.ts';
import type { JoinRequest, Merge } from '../merge.ts';

const parametersSchema = z.strictObject({
  sorted: z.enum(['coordinate', 'no']),
  reference: filePath().optional(),
});

/** What the merge `cram` takes. */
export type CramParameters = z.infer<typeof parametersSchema>;

/** Ends every complete file: an empty container of so many bytes at most, with a word for people in it. */
const endOfFile = 'EOF';
const endOfFileSize = 38;

const expectCram = async (part: NumberedPart, signal: AbortSignal | undefined): Promise<void> => {
  await using file = await openSource(part.path, { signal });
  const magic = Buffer.from(await file.readAt(0, 4)).toString('latin1');
  if (magic !== 'CRAM') throw wrongPart(part, 'expected a CRAM file; this is not one', { offset: 0 });
  const tail = await file.readAt(Math.max(0, file.size - endOfFileSize), endOfFileSize);
  if (Buffer.from(tail).includes(endOfFile)) return;
  throw wrongPart(part, 'expected the container that ends a CRAM file: it is incomplete', {
    offset: file.size,
  });
};

const join = async (request: JoinRequest<CramParameters>): Promise<void> => {
  const { parameters, signal } = request;
  const { sorted, reference } = parameters;
  const parts = expectParts('cram', request);
  for (const part of parts) await withPart(part, () => expectCram(part, signal));
  const merging = ['merge', '--no-PG', '-c', '-p', '-O', 'cram'];
  const options = reference === undefined ? [] : ['--reference', reference];
  await joinByProgram(request, parts, {
    merge: 'cram',
    program: 'samtools',
    what: 'CRAM',
    arguments: (list, result) =>
      sorted === 'no'
        ? ['cat', '--no-PG', '-b', list, '-o', result]
        : [...merging, ...options, '-b', list, '-o', result],
  });
};

/** Joins CRAM by samtools, which must be there. */
export const cram: Merge<CramParameters> = {
  name: 'cram',
  description:
    'Joins CRAM by samtools, where it is installed: one part after the other, or merged by coordinate, for which the ' +
    'reference must be at hand.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
