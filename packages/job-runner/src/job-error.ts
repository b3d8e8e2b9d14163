/**
 * Why a job could not be run to an end:
 *
 * - `INPUT_CHANGED`: an input is not what it was when the job was described.
 * - `PLAN_CHANGED`: a job that is taken up while it was still planned comes to other tasks than before.
 * - `JOIN`: the results of the parts could not be joined.
 * - `DELIVERY`: a result could not be moved into place.
 * - `NO_SPACE`: there is no room to join results.
 * - `NO_SHARED_PATH`: an agent does not see the job's directory.
 * - `UNUSABLE_DIRECTORY`: the job's command names the attempt's directory, and the path of the job's directory holds
 *   something that means more than itself to a shell, quoted or not.
 */
export type JobErrorCode =
  | 'INPUT_CHANGED'
  | 'PLAN_CHANGED'
  | 'JOIN'
  | 'DELIVERY'
  | 'NO_SPACE'
  | 'NO_SHARED_PATH'
  | 'UNUSABLE_DIRECTORY';

/** Thrown by {@link runJob}; tasks that failed are no error, but an outcome. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly code: JobErrorCode;
  /** The file or directory that it is about. */
  readonly path: string;

  constructor(code: JobErrorCode, path: string, message: string, cause?: unknown) {
    super(`[${code}] ${path}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
