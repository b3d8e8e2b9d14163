import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Counts requests by route, never by URL: there are as many of those as jobs. Answers a reader of the metrics. */
export function countRequests(app: FastifyInstance): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'galaxy_mesos_http_requests_total',
    help: 'Requests that were answered',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'galaxy_mesos_http_request_seconds',
    help: 'How long requests took, uploads and downloads included',
    labelNames: ['method', 'route'],
    buckets: durations,
    registers: [registry],
  });
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    requests.inc({ method, route, status: reply.statusCode });
    seconds.observe({ method, route }, reply.elapsedTime / 1000);
  });
  return () => registry.metrics();
}
