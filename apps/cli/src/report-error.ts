import { FormatError } from '@galaxy-mesos/formats';
import { JobDescriptionError, ToolError } from '@galaxy-mesos/galaxy-jobs';
import { PlanError } from '@galaxy-mesos/parallelism';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error after which the work can be gone on with; its message says how, its `cause` is what happened. */
export class ResumableError extends Error {
  override readonly name = 'ResumableError';

  constructor(cause: unknown, howToGoOn: string) {
    super(`${messageOf(cause)}\n${howToGoOn}`, { cause });
  }
}

/** Tells what is wrong with what was given (2) from what went wrong with the work (1). */
export function exitCodeOf(thrown: unknown): ExitCode {
  const error = thrown instanceof ResumableError ? thrown.cause : thrown;
  const isUsage =
    error instanceof UsageError ||
    error instanceof FormatError ||
    error instanceof PlanError ||
    error instanceof ToolError ||
    error instanceof JobDescriptionError;
  return isUsage ? exitCodes.usage : exitCodes.failed;
}
