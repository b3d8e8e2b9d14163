import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { JobDocument } from '@galaxy-mesos/galaxy-jobs';
import type { FieldError } from '../access/front-door-error.ts';

type MergeOfDocument = Exclude<JobDocument['outputs'][string], string>['merge'];

/** A path that a job names, with the name of its field. */
type NamedPath = readonly [field: string, path: string];

/** Every path that a job names. */
function* pathsOf({ inputs, outputs, container, split }: JobDocument): Generator<NamedPath> {
  for (const [name, files] of Object.entries(inputs)) yield* pathsWithin(`inputs.${name}`, files);
  for (const [name, output] of Object.entries(outputs)) {
    if (typeof output === 'string') yield [`outputs.${name}`, output];
    else {
      yield [`outputs.${name}.destination`, output.destination];
      yield* pathsOfMerges(`outputs.${name}.merge`, output.merge);
    }
  }
  yield* pathsWithin('split', split);
  const volumes = typeof container === 'object' ? (container.volumes ?? []) : [];
  for (const [index, volume] of volumes.entries()) yield [`container.volumes[${index}].path`, volume.path];
}

/** A command that reduces results may name any file, as the job's own may. */
function* pathsOfMerges(field: string, given: MergeOfDocument): Generator<NamedPath> {
  if (Array.isArray(given)) {
    for (const [index, one] of given.entries()) yield* pathsOfMerges(`${field}[${index}]`, one);
  } else if (typeof given === 'object' && 'merge' in given) {
    yield* pathsWithin(`${field}.parameters`, given.parameters);
  }
}

/** What strategies and merges take is theirs to know; whatever of it begins like a path is taken for one. */
function* pathsWithin(field: string, value: unknown): Generator<NamedPath> {
  if (typeof value === 'string' && path.isAbsolute(value)) yield [field, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield* pathsWithin(Array.isArray(value) ? `${field}[${name}]` : `${field}.${name}`, inner);
  }
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
