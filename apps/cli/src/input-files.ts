import { accessSync, constants, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './usage-error.ts';

/** A file that a person named on the command line, as it was found. */
export interface InputFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** An input of one or several files, as a person named them. */
export interface InputFiles extends InputFile {
  /** The other files, in order. */
  readonly more?: Omit<InputFile, 'name'>[];
}

/**
 * A regular file that a person named.
 * @throws UsageError that names `subject`, if there is none.
 */
export function existingFile(file: string, subject: string): Omit<InputFile, 'name'> {
  const found = statOf(file, subject);
  if (!found.isFile()) throw new UsageError(`${subject}: ${file} is not a regular file`);
  checkReadable(file, subject);
  return { path: path.resolve(file), size: found.size, modifiedAt: found.mtimeMs };
}

/** Reads one `--input`: `NAME=FILE`, or `FILE` alone where a default name is given. */
function inputFile(argument: string, defaultName?: string): InputFile & { readonly isNamed: boolean } {
  const [, said, file = argument] = /^([A-Za-z_][\w|]*)=(.*)$/s.exec(argument) ?? [];
  const name = said ?? defaultName;
  if (name === undefined) throw new UsageError(`--input ${argument}: expected NAME=FILE`);
  if (file === '') throw new UsageError(`--input ${argument}: the file's name is missing`);
  return { name, isNamed: said !== undefined, ...existingFile(file, `--input ${argument}`) };
}

/**
 * All `--input`s; those of one name are one input of several files.
 * @throws UsageError if a file is not there, or a name is missing, or given to one file and not to another.
 */
export function inputFiles(given: readonly string[], defaultName?: string): InputFiles[] {
  const byName = Map.groupBy(
    given.map((argument) => inputFile(argument, defaultName)),
    ({ name }) => name,
  );
  return [...byName].flatMap(([name, files]) => {
    if (files.length > 1 && files.some(({ isNamed }) => !isNamed)) {
      throw new UsageError(
        `two --input are named ${name}: give each a name, --input NAME=FILE; with the same name they are the files of one input`,
      );
    }
    const [first, ...more] = files.map(({ path: file, size, modifiedAt }) => ({
      path: file,
      size,
      modifiedAt,
    }));
    return first ? [{ name, ...first, ...(more.length > 0 && { more }) }] : [];
  });
}

/** Every file of every input. */
export const allFiles = (inputs: readonly InputFiles[]): InputFile[] =>
  inputs.flatMap(({ name, more = [], ...first }) => [first, ...more].map((file) => ({ name, ...file })));

function checkReadable(file: string, subject: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new UsageError(`${subject}: no permission to read ${file}`);
  }
}

function statOf(file: string, subject: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UsageError(`${subject}: there is no file ${file}`);
    if (code === 'EACCES') throw new UsageError(`${subject}: no permission to read ${file}`);
    throw error;
  }
}
