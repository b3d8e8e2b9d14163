import swagger from '@fastify/swagger';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { tokenParameter } from '../access/presented-token.ts';
import { struckUrl } from '../access/struck-url.ts';
import type { ApiContext, ApiInstance, JobApiOptions } from './api-instance.ts';
import { apiPrefix } from './api-prefix.ts';
import { defaultTimes } from './event-socket.ts';
import { internalProblem, noSuchRoute, problemOf } from './problem-of.ts';
import { actionRoutes } from './routes/action-routes.ts';
import { clusterRoutes } from './routes/cluster-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { logRoutes } from './routes/log-routes.ts';
import type { Problem } from './schemas/problem.ts';
import { WebSockets } from './upgrades.ts';
import { withoutCopies } from './without-copies.ts';

/**
 * The daemon's own API at `/api/v1`, as a Fastify plugin: jobs, their tasks and logs, the cluster, and events by
 * WebSocket. It wants `access` registered before it, and brings its own OpenAPI document.
 */
export async function jobApi(fastify: FastifyInstance, options: JobApiOptions): Promise<void> {
  const webSockets = new WebSockets();
  const closing = new AbortController();
  const context: ApiContext = {
    ...options,
    ...{ webSockets, closing: closing.signal, times: options.times ?? defaultTimes },
  };
  webSockets.attach(fastify);
  fastify.addHook('preClose', async () => closing.abort());
  await fastify.register(async (scope) => openApi(scope, context), { prefix: apiPrefix });
}

async function openApi(scope: FastifyInstance, context: ApiContext): Promise<void> {
  // The one body that there is describes a job; what is wrong with it is said in the words of jobs, by its route.
  scope.setValidatorCompiler<z.ZodType>((route) =>
    route.httpPart === 'body' ? (value) => ({ value }) : validatorCompiler(route),
  );
  scope.setSerializerCompiler(serializerCompiler);
  scope.setErrorHandler(answerError);
  scope.setNotFoundHandler((request, reply) => {
    const path = struckUrl(request.url).split('?', 1)[0] ?? '';
    return answer(reply, noSuchRoute(request.method, path));
  });
  takeJson(scope);
  // The token has been looked at, and is no parameter of any route.
  scope.addHook('preValidation', async ({ query }) => {
    if (typeof query === 'object' && query !== null && tokenParameter in query) delete query[tokenParameter];
  });
  await scope.register(swagger, {
    openapi: documentHead(context.version),
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  const api: ApiInstance = scope.withTypeProvider<ZodTypeProvider>();
  for (const routes of [jobRoutes, actionRoutes, logRoutes, eventRoutes, clusterRoutes]) routes(api, context);
  let document: object | undefined;
  scope.get('/openapi.json', { schema: { hide: true } }, async () => {
    document ??= withoutCopies(scope.swagger() as Parameters<typeof withoutCopies>[0]);
    return document;
  });
}

/** Bodies are JSON, or there is none: many a client says that it sends JSON and sends nothing. */
function takeJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') {
      done(null, undefined);
      return;
    }
    void parse(request, body, (error, value) => {
      done(error ? new FrontDoorError('BAD_REQUEST', 'the body is no JSON') : null, value);
    });
  });
}

function answer(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (!problem) request.log.error({ err: error }, 'a request could not be answered');
  if ('retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number') {
    reply.header('retry-after', error.retryAfterSeconds);
  }
  if (problem?.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem?.status === 503) reply.header('retry-after', unavailableSeconds);
  return answer(reply, problem ?? internalProblem);
}

/** As long as a master needs to be elected anew. */
const unavailableSeconds = 5;

const documentHead = (version: string) => ({
  openapi: '3.1.0',
  info: {
    ...{ title: 'Galaxy on Mesos: the runner daemon', version },
    description:
      'Jobs on Apache Mesos or on one machine: submitted, watched, tried again. Whoever has a token sees the jobs that were submitted with it, an administrator all. Times are milliseconds since 1970. What goes wrong is told as RFC 9457 has it.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer' },
      query: { type: 'apiKey' as const, in: 'query' as const, name: tokenParameter },
    },
  },
  security: [{ bearer: [] }, { query: [] }],
  servers: [{ url: '/', description: 'The daemon that serves this document.' }],
  tags: [
    { name: 'jobs', description: 'Jobs, their tasks and what these write.' },
    { name: 'events', description: 'What happens to jobs, as it happens.' },
    { name: 'cluster', description: 'Agents, what waits for them and why.' },
  ],
});
