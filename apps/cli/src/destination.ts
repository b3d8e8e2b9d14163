import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './usage-error.ts';

/**
 * Finds out before any work is done whether a result can be put in its place.
 * @throws UsageError
 */
export function checkDestination(file: string, option: string): void {
  const destination = path.resolve(file);
  if (statSync(destination, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${option} ${file}: that is a directory; expected the name of a file`);
  }
  const parent = path.dirname(destination);
  const found = statSync(parent, { throwIfNoEntry: false });
  if (!found?.isDirectory())
    throw new UsageError(`${option} ${file}: there is no directory ${parent}; make it first`);
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    throw new UsageError(`${option} ${file}: no permission to write into ${parent}`);
  }
}
