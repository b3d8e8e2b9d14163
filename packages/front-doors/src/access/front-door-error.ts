/**
 * `UNAUTHORIZED`: no token was given, or an unknown one. `FOREIGN_ORIGIN`: a page of another site asks through
 * somebody's browser. `TOO_MANY_REQUESTS`: wait as long as `retryAfterSeconds` says. `BAD_REQUEST`: what was sent is
 * not what was expected; `fields` says where.
 *
 * Of files: `UNSAFE_NAME`: a name that means no file below a directory. `OUTSIDE`: a link leads to where this door may
 * not go. `NOT_FOUND`: there is no such thing. `NOT_A_FILE`: a directory, a pipe, a device. `TOO_LARGE`: more bytes
 * than allowed. `NO_SPACE`: the disk or the quota is full. `CUT_SHORT`: the connection broke before all bytes were
 * here. `WRONG_CHECKSUM`: other bytes came than were sent.
 *
 * `UNSUPPORTED`: something that is not done here. `CONFLICT`: the job is not in a state for that. `EVENTS_GONE`: events
 * of that time are not kept any more. `GONE`: what was asked for was there once.
 */
export type FrontDoorErrorCode = keyof typeof statusCodes;

const statusCodes = {
  UNAUTHORIZED: 401,
  FOREIGN_ORIGIN: 403,
  TOO_MANY_REQUESTS: 429,
  BAD_REQUEST: 400,
  UNSAFE_NAME: 400,
  OUTSIDE: 403,
  NOT_FOUND: 404,
  NOT_A_FILE: 400,
  TOO_LARGE: 413,
  NO_SPACE: 507,
  CUT_SHORT: 400,
  WRONG_CHECKSUM: 422,
  UNSUPPORTED: 400,
  CONFLICT: 409,
  EVENTS_GONE: 410,
  GONE: 410,
} as const;

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Such as `outputs[0].destination`, or `query.limit`. */
  readonly field: string;
  readonly message: string;
}

/** What a door refuses by itself, before anything is asked of whoever runs jobs. */
export class FrontDoorError extends Error {
  override readonly name = 'FrontDoorError';
  readonly code: FrontDoorErrorCode;
  /** What it is in HTTP; Fastify takes it from here. */
  readonly statusCode: number;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FrontDoorErrorCode,
    message: string,
    details: {
      readonly fields?: readonly FieldError[];
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.statusCode = statusCodes[code];
    this.fields = details.fields ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
