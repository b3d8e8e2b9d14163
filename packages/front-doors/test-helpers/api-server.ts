import Fastify, { type FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { access } from '../src/access/access.ts';
import { type AccessToken, TokenBook } from '../src/access/token-book.ts';
import type { JobApiOptions } from '../src/api/api-instance.ts';
import { jobApi } from '../src/api/job-api.ts';
import { FakeJobService } from './fake-job-service.ts';

const tokens: readonly AccessToken[] = [
  { name: 'root', token: 'root-token', isAdmin: true },
  { name: 'galaxy', token: 'galaxy-token', isAdmin: false },
  { name: 'other', token: 'other-token', isAdmin: false },
];

/** Headers with which somebody comes. */
export const as = (name: 'root' | 'galaxy' | 'other') => ({ authorization: `Bearer ${name}-token` });

export interface ApiServer {
  readonly book: TokenBook;
  readonly fastify: FastifyInstance;
  readonly jobs: FakeJobService;
}

/** The API over a service that runs nothing, for the running test. */
export async function apiServer(options: Partial<JobApiOptions> = {}): Promise<ApiServer> {
  const jobs = new FakeJobService();
  // Ids of jobs are longer than Fastify's default for parameters.
  // A client whose request was broken off may hold a connection on which it asks nothing.
  const fastify = Fastify({ routerOptions: { maxParamLength: 4096 }, forceCloseConnections: true });
  onTestFinished(() => fastify.close());
  const book = new TokenBook(tokens);
  await fastify.register(access, { tokens: book });
  await fastify.register(jobApi, { jobs, version: '0.0.0', directories: () => [], ...options });
  await fastify.ready();
  return { fastify, jobs, book };
}

/** The same on a port of its own. */
export async function listeningApiServer(
  options: Partial<JobApiOptions> = {},
): Promise<ApiServer & { readonly url: string }> {
  const server = await apiServer(options);
  return { ...server, url: await server.fastify.listen({ host: '127.0.0.1', port: 0 }) };
}
