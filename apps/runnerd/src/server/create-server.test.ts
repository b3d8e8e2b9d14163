import { TokenBook } from '@galaxy-mesos/front-doors';
import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configurationSchema } from '../configuration/schema.ts';
import { createLogger } from '../log/logger.ts';
import { createServer, longestHeaderBytes } from './create-server.ts';
import type { Health } from './standing.ts';

interface Given {
  readonly health?: Health;
  readonly tokens?: readonly string[];
  readonly isMetricsOpen?: boolean;
  /** Thrown by GET /broken. */
  readonly error?: unknown;
}

async function server(given: Given = {}): Promise<{ app: FastifyInstance; logged: string[] }> {
  const logged: string[] = [];
  const { health = { version: '0.16.0', status: 'ok' } } = given;
  const app = await createServer({
    log: createLogger('debug', { write: (line) => logged.push(line) }),
    tokens: new TokenBook((given.tokens ?? []).map((token) => ({ name: token, token, isAdmin: false }))),
    limits: configurationSchema.parse({}).limits,
    isMetricsOpen: given.isMetricsOpen ?? false,
    health: () => health,
    metrics: async () => 'galaxy_mesos_jobs 3\n',
  });
  app.get('/broken', async () => {
    throw given.error;
  });
  onTestFinished(() => app.close());
  return { app, logged };
}

const get = async (app: FastifyInstance, url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers });

describe('createServer', () => {
  it('answers health to everybody, and 503 while the cluster is unreachable for long', async () => {
    const { app } = await server({ tokens: ['tokentoken'] });
    const answer = await get(app, '/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { version: '0.16.0', status: 'ok' }]);
    const health = { version: '0.16.0', status: 'unreachable' } as const;
    const { app: cutOff } = await server({ health });
    const other = await get(cutOff, '/healthz');
    expect([other.statusCode, other.json()]).toEqual([503, health]);
  });

  it('shows metrics of jobs and requests to holders of a token, unless they are open', async () => {
    const { app } = await server({ tokens: ['tokentoken'] });
    expect((await get(app, '/metrics')).statusCode).toBe(401);
    const { statusCode, body } = await get(app, '/metrics', { authorization: 'Bearer tokentoken' });
    expect(statusCode).toBe(200);
    expect(body).toContain('galaxy_mesos_jobs 3\n');
    expect(body).toContain('galaxy_mesos_http_requests_total{method="GET",route="/metrics",status="401"} 1');
    const { app: open } = await server({ tokens: ['tokentoken'], isMetricsOpen: true });
    expect((await get(open, '/metrics')).statusCode).toBe(200);
  });

  it('answers 404 to what is not there', async () => {
    const { app } = await server();
    const { statusCode, json } = await get(app, '/nothing/here');
    expect([statusCode, json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'there is nothing at this path' } },
    ]);
  });

  it.each([
    [new JobServiceError('UNKNOWN_JOB', 'j', 'there is no job j'), 404, 'there is no job j'],
    [new JobServiceError('UNAVAILABLE', 'j', 'not now'), 503, 'not now'],
    [Object.assign(new Error('write'), { code: 'ENOSPC' }), 507, 'the disk of the daemon is full'],
    [
      new Error('x', { cause: Object.assign(new Error('y'), { code: 'FULL' }) }),
      507,
      'the disk of the daemon',
    ],
    [new Error('secret /path'), 500, 'something went wrong in the daemon; its log says what'],
    ['no error at all', 500, 'something went wrong in the daemon'],
  ])('answers %s with %d', async (error, status, message) => {
    const { app } = await server({ error });
    const { statusCode, body } = await get(app, '/broken');
    expect(statusCode).toBe(status);
    expect(body).toContain(message);
    expect(body).not.toContain('secret');
    expect(body).not.toContain('    at ');
  });

  it('logs what nobody foresaw with all that is known, but no token', async () => {
    const { app, logged } = await server({ error: new Error('secret /path') });
    await get(app, '/broken?private_token=tokentoken&name=a', { authorization: 'Bearer tokentoken' });
    const line = logged.find((text) => text.includes('a request failed'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 'error',
      err: { message: 'secret /path', stack: expect.stringContaining('create-server.test') },
    });
    expect(logged.join('')).toContain('name=a');
    expect(logged.join('')).not.toContain('tokentoken');
  });

  it('takes a URL as long as Galaxy makes one for a collection of a thousand outputs', async () => {
    const { app } = await server();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const text = 'x'.repeat(longestHeaderBytes - 64 * 1024);
    expect((await fetch(`${url}/healthz?command_line=${text}`)).status).toBe(200);
    expect((await fetch(`${url}/healthz?command_line=${text}${text}`)).status).toBe(431);
  });
});
