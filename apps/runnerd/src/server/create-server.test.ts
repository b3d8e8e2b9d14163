import { Agent, get, type IncomingMessage } from 'node:http';
import { TokenBook } from '@galaxy-mesos/front-doors';
import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configurationSchema } from '../configuration/schema.ts';
import { createLogger } from '../log/logger.ts';
import { createServer, longestHeaderBytes } from './create-server.ts';
import { connectionsServed } from './limit-connections.ts';
import type { Health } from './standing.ts';

interface Given {
  readonly health?: Health;
  readonly tokens?: readonly string[];
  readonly isMetricsOpen?: boolean;
  readonly connections?: number;
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
    ...(given.connections !== undefined && { connections: given.connections }),
    health: () => health,
    metrics: async () => 'galaxy_mesos_jobs 3\n',
  });
  app.get('/broken', async () => {
    throw given.error;
  });
  onTestFinished(() => app.close());
  return { app, logged };
}

const asked = async (app: FastifyInstance, url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers });

describe('createServer', () => {
  it('answers health to everybody, and 503 while the cluster is unreachable for long', async () => {
    const { app } = await server({ tokens: ['tokentoken'] });
    const answer = await asked(app, '/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { version: '0.16.0', status: 'ok' }]);
    const health = { version: '0.16.0', status: 'unreachable' } as const;
    const { app: cutOff } = await server({ health });
    const other = await asked(cutOff, '/healthz');
    expect([other.statusCode, other.json()]).toEqual([503, health]);
  });

  it('shows metrics of jobs and requests to holders of a token, unless they are open', async () => {
    const { app } = await server({ tokens: ['tokentoken'] });
    expect((await asked(app, '/metrics')).statusCode).toBe(401);
    const { statusCode, body } = await asked(app, '/metrics', { authorization: 'Bearer tokentoken' });
    expect(statusCode).toBe(200);
    expect(body).toContain('galaxy_mesos_jobs 3\n');
    expect(body).toContain('galaxy_mesos_http_requests_total{method="GET",route="/metrics",status="401"} 1');
    const { app: open } = await server({ tokens: ['tokentoken'], isMetricsOpen: true });
    expect((await asked(open, '/metrics')).statusCode).toBe(200);
  });

  it('answers 404 to what is not there', async () => {
    const { app } = await server();
    const { statusCode, json } = await asked(app, '/nothing/here');
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
    const { statusCode, body } = await asked(app, '/broken');
    expect(statusCode).toBe(status);
    expect(body).toContain(message);
    expect(body).not.toContain('secret');
    expect(body).not.toContain('    at ');
  });

  it('logs what nobody foresaw with all that is known, but no token', async () => {
    const { app, logged } = await server({ error: new Error('secret /path') });
    await asked(app, '/broken?private_token=tokentoken&name=a', { authorization: 'Bearer tokentoken' });
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

  it('answers 503 on connections that are too many, until others are closed, and those that are there go on', async () => {
    const { app } = await server({ connections: 1 });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const first = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (agent: Agent) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get(`${url}/healthz`, { agent }, (answer) => {
          answer.resume().once('end', () => resolve(answer));
        }).once('error', reject);
      });
    expect((await ask(first)).statusCode).toBe(200);
    const refused = await fetch(`${url}/healthz`);
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('1 connections are open');
    expect((await ask(first)).statusCode).toBe(200);
    first.destroy();
    await expect.poll(async () => (await fetch(`${url}/healthz`)).status, { timeout: 30_000 }).toBe(200);
  }, 60_000);
});

describe('connectionsServed', () => {
  it('leaves half of the files that may be open to the jobs', () => {
    expect(connectionsServed(1024)).toBe(512);
    expect(connectionsServed(Number.POSITIVE_INFINITY)).toBe(8_000);
    expect(connectionsServed()).toBeGreaterThan(0);
  });
});
