import { rename, rm, writeFile } from 'node:fs/promises';
import { PlanError } from '../../plan-error.ts';
import type { JoinRequest } from '../merge.ts';
import type { NumberedPart } from './name-part.ts';
import { runProgram } from './run-program.ts';
import { syncFile } from './sync-file.ts';

/** A program that joins files which only it understands. */
export interface Joining {
  /** The name of the merge, for messages. */
  readonly merge: string;
  readonly program: string;
  /** What its files are called. */
  readonly what: string;
  /** Its arguments: `list` is a file with the paths of the parts, one a line, `result` the file to write. */
  arguments(list: string, result: string): readonly string[];
}

const wordsOf = (error: unknown, program: string): string => {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') {
    return `${program} is not on the PATH of the machine that joins results; install it there`;
  }
  return error.message;
};

/** Has parts joined by a program, which must be there. @throws PlanError NO_MERGE with what the program says */
export const joinByProgram = async (
  { destination, signal }: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  parts: readonly NumberedPart[],
  joining: Joining,
): Promise<void> => {
  const unfinished = `${destination}.unfinished`;
  const list = `${destination}.list`;
  const { merge, program, what } = joining;
  try {
    await writeFile(list, parts.map(({ path }) => `${path}\n`).join(''));
    await runProgram(program, joining.arguments(list, unfinished), { signal });
    await syncFile(unfinished);
    await rename(unfinished, destination);
  } catch (error) {
    signal?.throwIfAborted();
    const text = `merge ${merge}: ${parts.length} parts of ${what} could not be joined: ${wordsOf(error, program)}`;
    throw new PlanError('NO_MERGE', text, { cause: error });
  } finally {
    await rm(unfinished, { force: true });
    await rm(list, { force: true });
  }
};
