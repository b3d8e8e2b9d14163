import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AccessOptions, access } from './access.ts';
import { type AccessToken, TokenBook } from './token-book.ts';

const galaxy: AccessToken = { name: 'galaxy', token: 'galaxy-token', isAdmin: false };

async function server(
  tokens: readonly AccessToken[],
  limits: Omit<AccessOptions, 'tokens'> = {},
): Promise<FastifyInstance> {
  const fastify = Fastify();
  onTestFinished(() => fastify.close());
  await fastify.register(access, { tokens: new TokenBook(tokens), ...limits });
  fastify.get('/', ({ principal }) => principal);
  fastify.get('/healthz', { config: { open: true } }, ({ principal }) => principal);
  return fastify;
}

const bearer = (token: string): InjectOptions => ({ headers: { authorization: `Bearer ${token}` } });

describe('access by token', () => {
  it.each<[string, InjectOptions]>([
    ['a bearer token', { headers: { authorization: 'Bearer galaxy-token' } }],
    ['a bearer token, its scheme in small letters', { headers: { authorization: 'bearer  galaxy-token' } }],
    ['the query parameter private_token', { query: { private_token: 'galaxy-token' } }],
  ])('lets in whoever comes with %s', async (_what, options) => {
    const fastify = await server([galaxy]);
    const { statusCode, body } = await fastify.inject({ url: '/', ...options });
    expect({ statusCode, body: JSON.parse(body) }).toEqual({
      ...{ statusCode: 200, body: { name: 'galaxy', isAdmin: false } },
    });
  });

  it.each<[string, InjectOptions]>([
    ['none', {}],
    ['another', bearer('galaxy-toke')],
    ['an empty one', { headers: { authorization: 'Bearer ' } }],
    ['a right one under another scheme', { headers: { authorization: 'Basic galaxy-token' } }],
    ['two in the query', { query: { private_token: ['galaxy-token', 'galaxy-token'] } }],
  ])('refuses whoever comes with %s', async (_what, options) => {
    const fastify = await server([galaxy]);
    const { statusCode, body } = await fastify.inject({ url: '/', ...options });
    expect(statusCode).toBe(401);
    expect(body).not.toContain('galaxy-toke"');
  });

  it('asks for a token also where there is no route', async () => {
    const fastify = await server([galaxy]);
    expect((await fastify.inject('/nowhere')).statusCode).toBe(401);
    expect((await fastify.inject({ url: '/nowhere', ...bearer('galaxy-token') })).statusCode).toBe(404);
  });

  it('lets everybody reach an open route, as nobody special', async () => {
    const fastify = await server([galaxy]);
    expect((await fastify.inject('/healthz')).json()).toEqual({ name: 'default', isAdmin: false });
  });

  it('lets in everybody as administrator where there are no tokens', async () => {
    const fastify = await server([]);
    expect((await fastify.inject('/')).json()).toEqual({ name: 'default', isAdmin: true });
  });
});

describe('pages of other sites', () => {
  it.each<[string, Record<string, string>, number]>([
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page that hides where it is from', { origin: 'null' }, 403],
    ['a page on another port', { origin: 'http://127.0.0.1:1', host: '127.0.0.1:8913' }, 403],
    ['a page of its own', { origin: 'http://127.0.0.1:8913', host: '127.0.0.1:8913' }, 200],
    ['a name that leads here', { host: 'evil.example' }, 403],
    ['what is no name', { host: '%' }, 403],
    ['localhost', { host: 'localhost:8913' }, 200],
    ['an IPv6 address', { host: '[::1]:8913' }, 200],
  ])('without tokens, %s: %s is answered by %s', async (_what, headers, statusCode) => {
    const fastify = await server([]);
    expect((await fastify.inject({ url: '/', headers })).statusCode).toBe(statusCode);
  });

  it('may not even come with a token, but any name of the daemon is right then', async () => {
    const fastify = await server([galaxy]);
    const ask = async (headers: Record<string, string>) => {
      const { statusCode } = await fastify.inject({
        ...{ url: '/', headers: { authorization: 'Bearer galaxy-token', ...headers } },
      });
      return statusCode;
    };
    expect(await ask({ origin: 'https://evil.example', host: 'mesos.example' })).toBe(403);
    expect(await ask({ host: 'mesos.example' })).toBe(200);
  });
});

describe('limits', () => {
  it('refuse an address that tries tokens, also with a right one that was never seen from there', async () => {
    const fastify = await server([galaxy], { failedTriesPerMinute: 2 });
    const ask = async (token: string, remoteAddress: string) =>
      (await fastify.inject({ url: '/', remoteAddress, ...bearer(token) })).statusCode;
    expect(await ask('galaxy-token', '10.0.0.1')).toBe(200);
    for (const status of [401, 401, 429, 429]) {
      expect(await ask('a', '10.0.0.1')).toBe(status);
      expect(await ask('b', '10.0.0.2')).toBe(status);
    }
    expect(await ask('galaxy-token', '10.0.0.2')).toBe(429);
    expect(await ask('galaxy-token', '10.0.0.1')).toBe(200);
    expect(await ask('galaxy-token', '10.0.0.3')).toBe(200);
  });

  it('count the requests of each token and address by themselves', async () => {
    const other = { name: 'other', token: 'other-token', isAdmin: false };
    const fastify = await server([galaxy, other], { requestsPerMinute: 2 });
    const ask = async (token: string) => (await fastify.inject({ url: '/', ...bearer(token) })).statusCode;
    expect([await ask('galaxy-token'), await ask('galaxy-token'), await ask('galaxy-token')]).toEqual([
      ...[200, 200, 429],
    ]);
    expect(await ask('other-token')).toBe(200);
  });
});
