import type { Problem } from '../api/schemas/problem.ts';

/**
 * `UNREACHABLE`: nothing answers at that address, or the connection broke. `UNTRUSTED`: it has no certificate that is
 * trusted. `NOT_A_DAEMON`: what answers is no daemon, or one of another version. All others are the codes of the API's problems, such as `UNKNOWN_JOB`,
 * `UNAUTHORIZED`, `WRONG_STATE`, `REFUSED`, `BAD_REQUEST`, `EVENTS_GONE`.
 */
export type ClientErrorCode = 'UNREACHABLE' | 'UNTRUSTED' | 'NOT_A_DAEMON' | (string & {});

/** What a client throws when a daemon cannot be asked, or refuses. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** What the daemon said, with what to do and which fields are wrong; absent if it said nothing. */
  readonly problem: Problem | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    details: { readonly problem?: Problem; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.problem = details.problem;
  }
}
