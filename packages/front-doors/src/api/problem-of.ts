import { JobDescriptionError, JobServiceError, type JobServiceErrorCode } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type FieldError, FrontDoorError } from '../access/front-door-error.ts';
import type { Problem } from './schemas/problem.ts';

/** What is said of a kind of problem every time. */
interface Kind {
  readonly status: number;
  readonly title: string;
  readonly advice?: string;
}

const serviceKinds: Record<JobServiceErrorCode, Kind> = {
  UNKNOWN_JOB: {
    ...{ status: 404, title: 'There is no such job' },
    advice: 'GET /api/v1/jobs tells of all jobs that there are',
  },
  DUPLICATE_JOB: {
    ...{ status: 409, title: 'There is a job of this id already' },
    advice: 'if it is the same job, it has arrived: ask for it; else give the new one another id, or none',
  },
  WRONG_STATE: {
    ...{ status: 409, title: 'The job is not in a state in which this can be done' },
    advice: 'look at its state first: GET /api/v1/jobs/{id}',
  },
  REFUSED: { status: 422, title: 'The job can never be run as it is described' },
  UNAVAILABLE: {
    ...{ status: 503, title: 'This cannot be done now' },
    advice: 'send the same request again in some seconds',
  },
};

const frontDoorKinds: Readonly<Record<string, Omit<Kind, 'status'>>> = {
  UNAUTHORIZED: { title: 'A token is asked for' },
  FOREIGN_ORIGIN: { title: 'Pages of other sites may not ask here' },
  TOO_MANY_REQUESTS: { title: 'Too many requests' },
  BAD_REQUEST: {
    title: 'The request is not what was expected',
    advice: 'GET /api/v1/openapi.json describes every request',
  },
  NOT_FOUND: {
    title: 'There is no such thing',
    advice: 'GET /api/v1/jobs/{id}/tasks tells of the tasks of a job',
  },
  EVENTS_GONE: {
    title: 'Events of that time are not kept any more',
    advice: 'ask for the jobs anew, then for events without "after"',
  },
};

const typeOf = (code: string): string =>
  `urn:galaxy-mesos:problem:${code.toLowerCase().replaceAll('_', '-')}`;

function problem(code: string, kind: Kind, detail: string, errors: readonly FieldError[] = []): Problem {
  return {
    type: typeOf(code),
    title: kind.title,
    status: kind.status,
    detail,
    code,
    ...(kind.advice !== undefined && { advice: kind.advice }),
    ...(errors.length > 0 && { errors: [...errors] }),
  };
}

/** `/outputs/0/file` in the body is `outputs[0].file`; in the query `query.limit`. */
function fieldName(pointer: string, context: string | undefined): string {
  const segments = pointer.split('/').filter((segment) => segment !== '');
  const path = segments
    .map((segment, index) => (/^\d+$/.test(segment) ? `[${segment}]` : `${index > 0 ? '.' : ''}${segment}`))
    .join('');
  const place = context === undefined || context === 'body' ? '' : context.replace('querystring', 'query');
  if (place === '') return path === '' ? 'body' : path;
  return path === '' ? place : `${place}.${path}`;
}

/** In the words of people who write queries. */
const parameterMessage = (message: string | undefined): string =>
  message?.replace(/^Unrecognized keys?: (.*)$/s, 'there is no parameter $1') ?? 'not what was expected';

/** What validation found, as Fastify throws it. */
function fieldErrors(error: FastifyError): FieldError[] {
  return (error.validation ?? []).map(({ instancePath, message }) => ({
    field: fieldName(instancePath, error.validationContext),
    message: parameterMessage(message),
  }));
}

const badRequest = { status: 400, ...frontDoorKinds.BAD_REQUEST } as Kind;

/** Fastify's own refusals of requests that reach no route. */
const fastifyKinds: Readonly<Record<string, { readonly code: string; readonly advice?: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    advice:
      'send JSON with the header Content-Type: application/json (curl: -H "Content-Type: application/json")',
  },
};

function problemOfFastify(error: FastifyError, status: number): Problem {
  const known = fastifyKinds[error.code];
  const kind: Kind = {
    ...{ status, title: badRequest.title },
    ...(known?.advice !== undefined && { advice: known.advice }),
  };
  return problem(known?.code ?? 'BAD_REQUEST', kind, error.message);
}

/**
 * What is told of an error; `undefined` if it is none of the caller's, so that it says more of this program than
 * anybody outside should know.
 */
export function problemOf(error: FastifyError): Problem | undefined {
  if (error instanceof JobServiceError) {
    return problem(error.code, serviceKinds[error.code], error.message);
  }
  if (error instanceof JobDescriptionError) {
    const fields = error.problems.map(({ field, text }) => ({ field, message: text }));
    const isRefused = error.problems.some(({ code }) => code === 'OVER_LIMIT');
    const kind = isRefused ? serviceKinds.REFUSED : badRequest;
    return problem(isRefused ? 'REFUSED' : 'BAD_REQUEST', kind, error.message, fields);
  }
  if (error instanceof FrontDoorError) {
    const kind = frontDoorKinds[error.code] ?? badRequest;
    return problem(error.code, { ...kind, status: error.statusCode }, error.message, error.fields);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = fieldErrors(error);
    const detail = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return problem('BAD_REQUEST', badRequest, detail, fields);
  }
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? problemOfFastify(error, status) : undefined;
}

/** What is told where no route is. */
export const noSuchRoute = (method: string, path: string): Problem =>
  problem(
    'NO_SUCH_ROUTE',
    { status: 404, title: 'Nothing is here', advice: 'GET /api/v1/openapi.json tells of all that is' },
    `${method} ${path} is nothing that this daemon knows`,
  );

/** What is told of an error that is none of the caller's. */
export const internalProblem: Problem = problem(
  'INTERNAL',
  { status: 500, title: 'Something went wrong in the daemon', advice: 'its log tells more' },
  'the request could not be answered',
);
