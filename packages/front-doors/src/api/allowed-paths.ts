import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { JobDocument } from '@galaxy-mesos/galaxy-jobs';
import type { FieldError } from '../access/front-door-error.ts';

/** Every path that a job names, with the name of its field. */
function* pathsOf({
  inputs,
  outputs,
  container,
}: JobDocument): Generator<readonly [field: string, path: string]> {
  for (const [name, file] of Object.entries(inputs)) yield [`inputs.${name}`, file];
  for (const [name, output] of Object.entries(outputs)) {
    if (typeof output === 'string') yield [`outputs.${name}`, output];
    else yield [`outputs.${name}.destination`, output.destination];
  }
  const volumes = typeof container === 'object' ? (container.volumes ?? []) : [];
  for (const [index, volume] of volumes.entries()) yield [`container.volumes[${index}].path`, volume.path];
}

/**
 * What is wrong with the paths of a job: those that do not lie below one of the directories, as far as they are given,
 * wherever symbolic links lead.
 */
export function pathErrors(document: JobDocument, directories: readonly string[]): FieldError[] {
  const allowed = directories.map(realPath);
  return [...pathsOf(document)].flatMap(([field, file]) => {
    const message = pathError(file, allowed);
    return message === undefined ? [] : [{ field, message }];
  });
}

function pathError(file: string, allowed: readonly string[]): string | undefined {
  if (file.includes('\0')) return 'a path has no NUL byte';
  if (path.normalize(file) !== file) return `"${file}" has "..", "." or "//" in it; expected the plain path`;
  if (allowed.length === 0) return undefined;
  const real = realPath(file);
  const isInside = allowed.some((directory) => !path.relative(directory, real).startsWith('..'));
  return isInside
    ? undefined
    : `"${file}" lies in none of the directories that the daemon's configuration allows`;
}

/** Where a path leads, as far as there is something; what is not there yet can be no link. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPath(parent), path.basename(file));
  }
}
