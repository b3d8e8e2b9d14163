import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openDecoded } from '@galaxy-mesos/formats';
import { PlanError } from '../../plan-error.ts';
import type { NumberedPart } from '../files/name-part.ts';
import type { JoinRequest } from '../merge.ts';

const run = promisify(execFile);

/** Whether a file is BCF, compressed or not. */
export const isBcf = async (path: string, signal: AbortSignal | undefined): Promise<boolean> => {
  await using source = await openDecoded(path, { signal });
  for await (const chunk of source) return Buffer.from(chunk.subarray(0, 3)).toString('latin1') === 'BCF';
  return false;
};

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT')
    return 'bcftools is not on the PATH of the machine that joins results; install it, or let the command write .vcf.gz';
  const { stderr } = error as Error & { readonly stderr?: string };
  return stderr?.trim() || error.message;
};

/** Joins BCF by bcftools, which must be there: the order of coordinates is checked by it, and nothing is left out. */
export const joinBcf = async (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  parts: readonly NumberedPart[],
): Promise<void> => {
  const unfinished = `${destination}.unfinished`;
  const list = `${destination}.list`;
  try {
    await writeFile(list, parts.map(({ path }) => `${path}\n`).join(''));
    const options = ['concat', '--no-version', '-O', 'b', '-o', unfinished, '-f', list];
    await run('bcftools', options, signal === undefined ? {} : { signal });
    await rename(unfinished, destination);
  } catch (error) {
    signal?.throwIfAborted();
    const text = `merge vcf: ${parts.length} parts of BCF could not be joined: ${wordsOf(error)}`;
    throw new PlanError('NO_MERGE', text, { cause: error });
  } finally {
    await rm(unfinished, { force: true });
    await rm(list, { force: true });
  }
};
