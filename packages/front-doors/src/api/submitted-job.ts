import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { type Job, jobSchema } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { type FieldError, FrontDoorError } from '../access/front-door-error.ts';
import type { Principal } from '../access/principal.ts';

/** A job's id is part of the names of files and of tasks. */
const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, {
  error: 'expected letters, digits, ".", "_" and "-", at most 200, the first one a letter or a digit',
});

/** What a client sends to have a job run. */
export const submittedJobSchema = jobSchema.extend({
  id: idSchema.exactOptional().describe('Absent: one is made up.'),
});

/** See {@link submittedJobSchema}. */
export type SubmittedJob = z.infer<typeof submittedJobSchema>;

/**
 * The job that somebody submits, as theirs.
 * @throws FrontDoorError BAD_REQUEST, if it names a file that lies nowhere or where it may not.
 */
export function jobOf(submitted: SubmittedJob, principal: Principal, directories: readonly string[]): Job {
  const fields = pathErrors(submitted, directories);
  if (fields.length > 0) {
    const message = fields.map(({ field, message: text }) => `${field}: ${text}`).join('; ');
    throw new FrontDoorError('BAD_REQUEST', message, { fields });
  }
  const owner = principal.isAdmin ? (submitted.owner ?? principal.name) : principal.name;
  return { ...submitted, id: submitted.id ?? `job-${randomBytes(8).toString('hex')}`, owner };
}

/** Every path that a job names, with the name of its field. */
function* pathsOf(job: SubmittedJob): Generator<readonly [field: string, path: string]> {
  for (const [index, input] of job.inputs.entries()) yield [`inputs[${index}].path`, input.path];
  for (const [index, output] of job.outputs.entries()) {
    yield [`outputs[${index}].destination`, output.destination];
  }
  if (job.directory !== undefined) yield ['directory', job.directory];
  for (const [index, volume] of (job.container?.volumes ?? []).entries()) {
    yield [`container.volumes[${index}].path`, volume.path];
  }
}

function pathErrors(job: SubmittedJob, directories: readonly string[]): FieldError[] {
  const allowed = directories.map(realPath);
  const errors: FieldError[] = [];
  for (const [field, file] of pathsOf(job)) {
    const message = pathError(file, allowed);
    if (message !== undefined) errors.push({ field, message });
  }
  return errors;
}

function pathError(file: string, allowed: readonly string[]): string | undefined {
  if (file.includes('\0')) return 'a path has no NUL byte';
  if (!path.isAbsolute(file)) return `"${file}" is relative; expected an absolute path`;
  if (path.normalize(file) !== file) return `"${file}" has "..", "." or "//" in it; expected the plain path`;
  if (allowed.length === 0) return undefined;
  const real = realPath(file);
  const isInside = allowed.some((directory) => real === directory || real.startsWith(`${directory}/`));
  return isInside ? undefined : `"${file}" lies in none of the directories that the daemon is configured for`;
}

/** Where a path leads, as far as there is something: what is still missing can be no link. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPath(parent), path.basename(file));
  }
}
