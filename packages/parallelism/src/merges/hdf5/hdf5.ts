import { openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectParts } from '../files/expect-parts.ts';
import { joinByProgram } from '../files/join-by-program.ts';
import { withPart } from '../files/name-part.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { hdf5Program } from './hdf5-program.ts';

const parametersSchema = z.strictObject({ once: z.array(z.string().min(1)).default([]) });

/** What the merge `hdf5` takes. */
export type Hdf5Parameters = z.infer<typeof parametersSchema>;

const join = async (request: JoinRequest<Hdf5Parameters>): Promise<void> => {
  const { parameters, signal } = request;
  const parts = expectParts('hdf5', request);
  // Says with words what is missing, or no file; h5py says what is no HDF5.
  for (const part of parts) {
    await withPart(part, async () => {
      await using _ = await openSource(part.path, { signal });
    });
  }
  await joinByProgram(request, parts, {
    merge: 'hdf5',
    program: 'python3',
    what: 'HDF5',
    arguments: (list, result) => ['-c', hdf5Program, list, result, ...parameters.once],
  });
};

/** Joins HDF5 by h5py, which must be there. */
export const hdf5: Merge<Hdf5Parameters> = {
  name: 'hdf5',
  description:
    'Joins HDF5 by h5py, where python3 has it: every data set is appended along its first axis; those named by once, and ' +
    'single values, must be the same in all parts. Groups, types and attributes must be the same; links, references and ' +
    'sparse matrices are refused.',
  parameters: parametersSchema,
  how: { kind: 'here', join },
};
