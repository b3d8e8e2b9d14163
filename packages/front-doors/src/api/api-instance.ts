import type { ResourceRules } from '@galaxy-mesos/galaxy-jobs';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { JobService } from '../job-service.ts';
import type { EventSocketTimes } from './event-socket.ts';
import { problemSchema } from './schemas/problem.ts';
import type { WebSockets } from './upgrades.ts';

/** What the API is given. */
export interface JobApiOptions {
  readonly jobs: JobService;
  /** Of this software, for the OpenAPI document. */
  readonly version: string;
  /**
   * Directories below which all files of submitted jobs must lie, asked anew for each job; none: they may lie
   * anywhere.
   */
  readonly directories: () => readonly string[];
  /** What jobs get and may ask for, by their tools; asked anew for each job. */
  readonly rules?: () => ResourceRules;
  /** For tests. */
  readonly times?: EventSocketTimes;
}

/** A Fastify whose requests and answers have the types of their zod schemas. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes have at hand. */
export interface ApiContext extends JobApiOptions {
  /** Aborted when the server closes: whoever streams stops. */
  readonly closing: AbortSignal;
  readonly webSockets: WebSockets;
  readonly times: EventSocketTimes;
}

const descriptions = {
  400: 'The request is not what was expected; `errors` names the fields.',
  404: 'There is no such job, or it is not yours.',
  409: 'The job is not in a state in which this can be done, or its id is taken.',
  410: 'Events of that time are not kept any more.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The job can never be run as it is described.',
  503: 'Not now; the same request may succeed later.',
} as const;

/** An answer in JSON. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

const problemAs = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** The problems that a route may answer with, besides those that every route may. */
export function problems<Status extends keyof typeof descriptions>(
  ...statuses: readonly Status[]
): Record<Status | 400 | 401 | 403 | 429, ReturnType<typeof problemAs>> {
  const own = statuses.map((status) => [status, problemAs(descriptions[status])]);
  return {
    ...Object.fromEntries(own),
    400: problemAs(descriptions[400]),
    401: problemAs('No token, or an unknown one.'),
    403: problemAs('A page of another site asks, or a name that is not the daemon’s.'),
    429: problemAs('Too many requests; the header Retry-After says when to come again.'),
  };
}
