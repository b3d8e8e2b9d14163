import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FormatError } from '@galaxy-mesos/formats';
import type { InputFile } from './indexed-input.ts';

/** What kinds of index a file may have. */
export interface IndexKinds {
  /** What the names of indexes end in, such as `.bai`; the first one that is there is taken. */
  readonly suffixes: readonly string[];
  /** How an index is made, up to the path of the file. */
  readonly command: string;
}

/** An index that is there. */
export interface FoundIndex {
  readonly path: string;
  /** Whether it was written before the file was written to for the last time. */
  readonly isOlder: boolean;
}

/**
 * Finds the index of a file: where the user says, or beside it, as samtools does: `reads.bam.bai`, or `reads.bai`.
 * @throws FormatError NOT_FOUND that tells the command which makes one
 */
export async function findIndex(file: InputFile, kinds: IndexKinds): Promise<FoundIndex> {
  const { dir, name } = path.parse(file.path);
  const beside = kinds.suffixes.flatMap((suffix) => [file.path + suffix, path.join(dir, name + suffix)]);
  for (const candidate of file.index === undefined ? beside : [file.index]) {
    const changed = await changedAt(candidate);
    if (changed === undefined) continue;
    return { path: candidate, isOlder: changed < ((await changedAt(file.path)) ?? 0) };
  }
  const where =
    file.index === undefined ? `none beside it (${kinds.suffixes.join(', ')})` : `no ${file.index}`;
  const text = `expected an index, found ${where}: make one with \`${kinds.command} ${file.path}\``;
  throw new FormatError('NOT_FOUND', text, { path: file.path });
}

async function changedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new FormatError(
      'READ_FAILED',
      `could not be read (${String(error)})`,
      { path: file },
      { cause: error },
    );
  }
}

/** What is said of an index that is not the file's, or not any more. */
export const staleIndex = (file: string, index: FoundIndex, { command }: IndexKinds): FormatError => {
  const why = index.isOlder
    ? 'it is older than the file, and the file has changed since'
    : 'it is of another file';
  const text = `the index ${index.path} does not fit: ${why}; make it anew with \`${command} ${file}\``;
  return new FormatError('MALFORMED', text, { path: file });
};
