import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  inputPaths,
  type Job,
  jobOfDocument,
  parseJobDocument,
  type ResourceRules,
} from '@galaxy-mesos/galaxy-jobs';
import { type FieldError, FrontDoorError } from '../access/front-door-error.ts';
import type { Principal } from '../access/principal.ts';
import { pathErrors } from './allowed-paths.ts';

/** By what a submitted job is judged. */
export interface SubmissionRules {
  /** Directories below which its files must lie; none: anywhere. */
  readonly directories: readonly string[];
  readonly resources: ResourceRules | undefined;
}

/**
 * The job that a document describes, as that of whoever submits it.
 * @throws JobDescriptionError, or FrontDoorError BAD_REQUEST if a file is not where it may be, or is none
 */
export async function submittedJob(
  body: unknown,
  principal: Principal,
  { directories, resources }: SubmissionRules,
): Promise<Job> {
  checkDepth(body);
  const document = parseJobDocument(body);
  refuse(pathErrors(document, directories));
  const inputs = await Promise.all(
    Object.entries(document.inputs).map(
      async ([name, given]) => [name, await Promise.all(inputPaths(given).map(lookAt))] as const,
    ),
  );
  refuse(
    inputs.flatMap(([name, files]) =>
      files.flatMap((found) =>
        typeof found === 'string' ? [{ field: `inputs.${name}`, message: found }] : [],
      ),
    ),
  );
  return jobOfDocument(document, {
    id: `job-${randomBytes(8).toString('hex')}`,
    inputs: Object.fromEntries(
      inputs.map(([name, files]) => [name, files.filter((found) => typeof found !== 'string')]),
    ),
    owner: principal.name,
    ...(resources && { rules: resources }),
  });
}

/** More than any job needs, and far less than what overflows the stack of whoever goes through it. */
const mostLevels = 50;

/** @throws FrontDoorError BAD_REQUEST */
function checkDepth(body: unknown): void {
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) {
      throw new FrontDoorError('BAD_REQUEST', `the job is nested deeper than ${mostLevels} levels`);
    }
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}

function refuse(fields: readonly FieldError[]): void {
  if (fields.length === 0) return;
  const message = fields.map(({ field, message: text }) => `${field}: ${text}`).join('; ');
  throw new FrontDoorError('BAD_REQUEST', message, { fields });
}

/** What an input is like, or why it is none. */
async function lookAt(file: string): Promise<{ size: number; modifiedAt: number } | string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return `${file} is not a regular file`;
    return { size: found.size, modifiedAt: found.mtimeMs };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? `the daemon sees no file ${file}`
      : `${file} cannot be looked at (${code})`;
  }
}
