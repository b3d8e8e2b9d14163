import { access, requestForLog, struckUrl, type TokenBook } from '@galaxy-mesos/front-doors';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Configuration } from '../configuration/schema.ts';
import type { Certificate } from '../configuration/tls-files.ts';
import { errorAnswer } from './error-answer.ts';
import { connectionsServed, limitConnections } from './limit-connections.ts';
import { countRequests } from './request-metrics.ts';
import type { Health } from './standing.ts';

/** What a server is made of, besides its doors. */
export interface ServerParts {
  readonly log: FastifyBaseLogger;
  readonly tokens: TokenBook;
  readonly limits: Configuration['limits'];
  readonly tls?: Certificate;
  readonly isMetricsOpen: boolean;
  /** How many at a time; default: see {@link connectionsServed}. */
  readonly connections?: number;
  health(): Health;
  /** Metrics of the jobs, in the text format of Prometheus. */
  metrics(): Promise<string>;
}

/**
 * Galaxy puts a job's command, environment and list of outputs into the URL, all as query parameters: that of a job
 * with a collection of a thousand outputs has some hundred KiB. Node's own limit is 16 KiB.
 */
export const longestHeaderBytes = 2 ** 20;

/** A client that opens a connection and says nothing is let go after this; uploads may take as long as they want. */
const headersTimeout = 60_000;

/** Longer than the minute after which many proxies let go of an idle connection, so that they do it and not we. */
const keepAliveTimeout = 75_000;

/** The server, with health, metrics and the last resort for errors; doors are yet to be registered. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { log, tls, tokens, limits } = parts;
  const http = { maxHeaderSize: longestHeaderBytes, headersTimeout };
  const shared = {
    loggerInstance: log.child({}, { serializers: { req: requestForLog } }),
    logController: new LogController({ disableRequestLogging: true }),
    keepAliveTimeout,
    requestTimeout: 0,
    trustProxy: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 4096 },
  } as const;
  const app: FastifyInstance = tls
    ? fastify({ ...shared, https: { ...http, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' } })
    : fastify({ ...shared, http });
  const requestMetrics = countRequests(app);
  limitConnections(app, parts.connections ?? connectionsServed(), tls !== undefined);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(unknownPath));
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message, isUnforeseen } = errorAnswer(error);
    if (isUnforeseen) request.log.error({ err: error, req: request }, 'a request failed');
    return reply.code(status).send({ error: { code, message } });
  });
  app.addHook('onResponse', async ({ method, url, log: requestLog }, { statusCode: status, elapsedTime }) => {
    // There are thousands a second: nothing is written up that nobody reads.
    if (app.log.level !== 'debug') return;
    const about = { method, url: struckUrl(url), status, milliseconds: Math.round(elapsedTime) };
    requestLog.debug(about, 'answered');
  });
  await app.register(access, {
    tokens,
    requestsPerMinute: limits.requests_per_minute,
    failedTriesPerMinute: limits.failed_tries_per_minute,
  });
  app.get('/healthz', { config: { open: true } }, async (_request, reply) => {
    const health = parts.health();
    return reply.code(health.status === 'unreachable' ? 503 : 200).send(health);
  });
  app.get('/metrics', { config: { open: parts.isMetricsOpen } }, async (_request, reply) => {
    const text = `${await requestMetrics()}${await parts.metrics()}`;
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
  });
  return app;
}

const unknownPath = { error: { code: 'NOT_FOUND', message: 'there is nothing at this path' } };
