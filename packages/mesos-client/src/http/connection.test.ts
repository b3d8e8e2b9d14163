import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ConnectionPool,
  describeFailure,
  happenedWhileConnecting,
  openConnection,
  openConnectionPool,
  tlsSetting,
} from './connection.ts';

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** Takes connections and says nothing, so that a TLS connection to it never comes about. */
async function muteServer(): Promise<{ origin: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {}).resume()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  toClose.push(() => server.close());
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

const failureOf = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);

type Open = (origin: string, timeout: number) => ConnectionPool;

describe.each<[string, Open]>([
  ['a connection', (origin, timeout) => openConnection(origin, { timeout })],
  ['a pool of connections', (_origin, timeout) => openConnectionPool({ timeout })],
])('%s', (_what, open) => {
  it('leaves no socket when it is destroyed while it still connects', async () => {
    const { origin, sockets } = await muteServer();
    const opened = open(origin, 0);
    const failure = failureOf(opened.request({ origin, method: 'POST', path: '/' }));
    await expect.poll(() => sockets.length).toBe(1);
    await opened.destroy();
    await failure;
    await expect.poll(() => sockets[0]?.destroyed || sockets[0]?.readableEnded).toBe(true);
  });

  it.each<[string, (origin: string) => string, number]>([
    ['nobody listens', () => 'http://127.0.0.1:1', 0],
    ['there is no such host', () => 'http://no-such-host.invalid', 0],
    ['no TLS connection comes about in time', (origin) => origin, 100],
  ])('tells that nothing was sent where %s', async (_how, target, timeout) => {
    const { origin } = await muteServer();
    const to = target(origin);
    const opened = open(to, timeout);
    toClose.push(() => opened.destroy());
    const failure = await failureOf(opened.request({ origin: to, method: 'POST', path: '/' }));
    expect(happenedWhileConnecting(failure)).toBe(true);
  });

  it('does not say so where a connection breaks that was there', async () => {
    const { origin, sockets } = await muteServer();
    const plain = origin.replace('https', 'http');
    const opened = open(plain, 0);
    toClose.push(() => opened.destroy());
    const failure = failureOf(opened.request({ origin: plain, method: 'POST', path: '/' }));
    await expect.poll(() => sockets.length).toBe(1);
    sockets[0]?.destroy();
    expect(happenedWhileConnecting(await failure)).toBe(false);
  });
});

describe('a failure of TLS', () => {
  const failure = (code: string) => Object.assign(new Error('of TLS'), { code });

  it.each(['ERR_SSL_BAD_RECORD_TYPE', 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', 'EPROTO'])(
    'may have befallen a request that was sent: %s',
    (code) => {
      expect(happenedWhileConnecting(failure(code))).toBe(false);
    },
  );

  it.each([
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  ])('befell no request where the server refuses our certificate: %s', (code) => {
    expect(happenedWhileConnecting(failure(code))).toBe(true);
    expect(tlsSetting(failure(code))).toBe('tls.cert');
  });
});

describe('the trouble with a certificate', () => {
  const failure = (code: string, more = {}) => Object.assign(new Error('of OpenSSL'), { code, ...more });

  it.each([
    ['CERT_HAS_EXPIRED', /has expired.*renew/],
    ['CERT_NOT_YET_VALID', /not valid yet.*clock/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted here.*NODE_EXTRA_CA_CERTS/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted here.*`ca_file` of a cluster/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted here/],
  ])('is told with what to do: %s', (code, words) => {
    expect(describeFailure(failure(code))).toMatch(words);
  });

  it('is told with the names that it has, on one line', () => {
    const told = (cert: unknown) =>
      describeFailure(failure('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'mesos', cert }));
    expect(told({ subjectaltname: 'DNS:a.example,\nDNS:b.example' })).toMatch(
      /is for DNS:a\.example, DNS:b\.example, not for mesos/,
    );
    expect(told({ subject: { CN: 'a.example' } })).toContain('CN:a.example');
    expect(told(undefined)).toContain('is for no name');
    expect(told({ subjectaltname: 'DNS:a,'.repeat(1000) }).length).toBeLessThan(500);
  });
});
