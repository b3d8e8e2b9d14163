import { openDecoded } from '@galaxy-mesos/formats';
import { joinByProgram } from '../files/join-by-program.ts';
import type { NumberedPart } from '../files/name-part.ts';
import type { JoinRequest } from '../merge.ts';

/** Whether a file is BCF, compressed or not. */
export const isBcf = async (path: string, signal: AbortSignal | undefined): Promise<boolean> => {
  await using source = await openDecoded(path, { signal });
  for await (const chunk of source) return Buffer.from(chunk.subarray(0, 3)).toString('latin1') === 'BCF';
  return false;
};

/** Joins BCF by bcftools, which must be there: it checks the order of coordinates, and leaves nothing out. */
export const joinBcf = (
  request: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  parts: readonly NumberedPart[],
): Promise<void> =>
  joinByProgram(request, parts, {
    merge: 'vcf',
    program: 'bcftools',
    what: 'BCF',
    arguments: (list, result) => ['concat', '--no-version', '-O', 'b', '-o', result, '-f', list],
  });
