import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './usage-error.ts';

/**
 * Finds out before any work is done whether a result, or a directory of results, can be put in its place.
 * @throws UsageError
 */
export function checkDestination(given: string, option: string, kind: 'file' | 'directory' = 'file'): void {
  const destination = path.resolve(given);
  const there = statSync(destination, { throwIfNoEntry: false });
  if (there && there.isDirectory() !== (kind === 'directory')) {
    const found = there.isDirectory() ? 'that is a directory' : 'that is a file';
    throw new UsageError(`${option} ${given}: ${found}; expected the name of a ${kind}`);
  }
  const parent = there?.isDirectory() ? destination : path.dirname(destination);
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${option} ${given}: there is no directory ${parent}; make it first`);
  }
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    throw new UsageError(`${option} ${given}: no permission to write into ${parent}`);
  }
}
