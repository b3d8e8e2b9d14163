import { accessSync, constants, existsSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { collectionManifest } from '@galaxy-mesos/parallelism';
import type { InputFile } from './input-files.ts';
import { UsageError } from './usage-error.ts';

const statOf = (file: string): Stats | undefined => statSync(file, { throwIfNoEntry: false });

function isLinkAt(file: string): boolean {
  try {
    readlinkSync(file);
    return true;
  } catch {
    // Something else, or nothing.
    return false;
  }
}

/**
 * The absolute path to which a result goes, looked at before any work is done. A symbolic link is followed, as
 * a shell's `>` does: a result is renamed into its place, which would replace the link. The directory of an earlier
 * collection may be there, too: the next one takes its place.
 * @throws UsageError if no file can be put there
 */
export function fileDestination(given: string, option: string): string {
  // What stands in for standard output elsewhere would be a file of that name here.
  if (given === '' || given === '-')
    throw new UsageError(`${option} '${given}': expected the name of a file`);
  const destination = path.resolve(given);
  const there = statOf(destination);
  const isLink = isLinkAt(destination);
  if (isLink && !there)
    throw new UsageError(`${option} ${given}: that is a link which leads nowhere; remove it`);
  const isCollection = existsSync(path.join(destination, collectionManifest));
  if (given.endsWith(path.sep) || (there?.isDirectory() && !isCollection)) {
    throw new UsageError(`${option} ${given}: that is a directory; expected the name of a file`);
  }
  // A device or a pipe would be replaced by the result: /dev/null, for root.
  if (there && !there.isFile() && !isCollection) {
    throw new UsageError(`${option} ${given}: that is not a regular file; expected the name of a file`);
  }
  const followed = isLink ? realpathSync(destination) : destination;
  checkWritable(path.dirname(followed), `${option} ${given}`);
  return followed;
}

/**
 * The absolute path of a directory for results, which need not be there; the one above it must.
 * @throws UsageError if no directory can be there
 */
export function directoryDestination(given: string, option: string): string {
  if (given === '') throw new UsageError(`${option} '': expected the name of a directory`);
  const destination = path.resolve(given);
  const there = statOf(destination);
  if (there && !there.isDirectory()) {
    throw new UsageError(`${option} ${given}: that is a file; expected the name of a directory`);
  }
  checkWritable(there ? destination : path.dirname(destination), `${option} ${given}`);
  return destination;
}

/**
 * The absolute path of a directory that a person chose for state; it must be there, since one that is made by
 * mistake on one machine, such as below a mount point, is one that no other machine sees.
 * @throws UsageError
 */
export function chosenWorkDirectory(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const directory = path.resolve(given);
  checkWritable(directory, `--work-dir ${given}`);
  return directory;
}

/** @throws UsageError if a result would take the place of an input. */
export function refuseInputs(destination: string, inputs: readonly InputFile[], subject: string): void {
  const there = statOf(destination);
  const input = inputs.find(({ path: file }) => {
    const found = statOf(file);
    return file === destination || (there && found && there.dev === found.dev && there.ino === found.ino);
  });
  if (input)
    throw new UsageError(`${subject}: that is the file of --input ${input.name}; choose another place`);
}

function checkWritable(directory: string, subject: string): void {
  if (!statOf(directory)?.isDirectory()) {
    throw new UsageError(`${subject}: there is no directory ${directory}; make it first`);
  }
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch {
    throw new UsageError(`${subject}: no permission to write into ${directory}`);
  }
}
