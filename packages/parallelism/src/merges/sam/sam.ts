import { recordFormatNamed } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { framesOf, joinFrames } from '../header/join-frames.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { joinSorted } from '../sorted/sorted.ts';
import { SamHeaderUnion } from './sam-header-union.ts';

const parametersSchema = z.strictObject({ sorted: z.enum(['coordinate', 'no']).optional() });

/** What the merge `sam` takes. */
export type SamParameters = z.infer<typeof parametersSchema>;

/** Joins the alignments of all parts. */
export const joinAlignments = async (request: JoinRequest<SamParameters>): Promise<void> => {
  const parts = expectParts('sam', request);
  const format = recordFormatNamed('sam');
  let { sorted } = request.parameters;
  if (sorted === undefined) {
    const union = new SamHeaderUnion();
    await framesOf(parts, format, union, request.signal);
    sorted = union.isSorted ? 'coordinate' : 'no';
  }
  if (sorted === 'no') await joinFrames(request, parts, format, new SamHeaderUnion());
  else await joinSorted({ ...request, parameters: { format: 'sam', separator: '\t' } }, parts);
};

/** Joins files of SAM. */
export const sam: Merge<SamParameters> = {
  name: 'sam',
  description:
    'Joins SAM: one header that unites those of the parts, then the alignments of all parts; merged by coordinate, ' +
    'if the header says that they are sorted so, else in the order of the parts.',
  parameters: parametersSchema,
  datatypes: ['sam'],
  how: { kind: 'here', join: joinAlignments },
};
