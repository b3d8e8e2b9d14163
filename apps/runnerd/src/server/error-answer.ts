import { JobServiceError, type JobServiceErrorCode } from '@galaxy-mesos/galaxy-jobs';
import { codeOf } from '../runnerd-error.ts';

/** What a client is told of an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Nobody foresaw it: it belongs into the log with all that is known of it. */
  readonly isUnforeseen: boolean;
}

const serviceStatus: Readonly<Record<JobServiceErrorCode, number>> = {
  UNKNOWN_JOB: 404,
  DUPLICATE_JOB: 409,
  WRONG_STATE: 409,
  REFUSED: 422,
  UNAVAILABLE: 503,
};

/** As the operating system and the store tell of a full disk. */
const fullCodes: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'FULL'];

const full = 'the disk of the daemon is full: make room there, and try again';

/** What a client is told where no door has words of its own: never more than it needs, and never a stack trace. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const code = codeOf(error) ?? '';
  if (error instanceof JobServiceError) {
    return { status: serviceStatus[error.code], code, message: error.message, isUnforeseen: false };
  }
  if (isFull(error)) return { status: 507, code: 'NO_SPACE', message: full, isUnforeseen: false };
  const status = statusOf(error);
  if (error instanceof Error && status !== undefined && status >= 400 && status < 500) {
    return { status, code, message: error.message, isUnforeseen: false };
  }
  const message = 'something went wrong in the daemon; its log says what';
  return { status: 500, code: 'INTERNAL', message, isUnforeseen: true };
}

function isFull(error: unknown): boolean {
  if (fullCodes.includes(codeOf(error))) return true;
  return error instanceof Error && error.cause !== undefined && isFull(error.cause);
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
