/**
 * `UNAUTHORIZED`: no token was given, or an unknown one. `FOREIGN_ORIGIN`: a page of another site asks through
 * somebody's browser. `TOO_MANY_REQUESTS`: wait as long as `retryAfterSeconds` says. `BAD_REQUEST`: what was sent is
 * not what was expected; `fields` says where.
 */
export type FrontDoorErrorCode = 'UNAUTHORIZED' | 'FOREIGN_ORIGIN' | 'TOO_MANY_REQUESTS' | 'BAD_REQUEST';

const statusCodes = {
  UNAUTHORIZED: 401,
  FOREIGN_ORIGIN: 403,
  TOO_MANY_REQUESTS: 429,
  BAD_REQUEST: 400,
} as const satisfies Record<FrontDoorErrorCode, number>;

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
    details: { readonly fields?: readonly FieldError[]; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.statusCode = statusCodes[code];
    this.fields = details.fields ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
