import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCodec, MesosError, SchedulerSession, type SchedulerSessionOptions } from '../src/index.ts';
import { type Certificates, makeCertificates, requireOpenssl } from '../test-helpers/certificates.ts';
import { framework } from '../test-helpers/framework.ts';

let certificates: Certificates;
let others: Certificates;
const toClose: (() => unknown)[] = [];

/** A master that takes every subscription, by https; tells the names of the clients' certificates. */
async function secureMaster(options: ServerOptions = {}): Promise<{ url: string; clients: unknown[] }> {
  const clients: unknown[] = [];
  const events = createCodec('json', 'mesos.v1.scheduler.Event');
  const server = createServer({ ...certificates.server, ...options }, (request, response) => {
    clients.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
    if (request.headers['mesos-stream-id']) return void response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'application/json', 'mesos-stream-id': 'a' });
    const event = events.encode({ type: 'SUBSCRIBED', subscribed: { framework_id: { value: 'f' } } });
    response.write(Buffer.concat([Buffer.from(`${event.length}\n`), event]));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  toClose.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, clients };
}

function session(master: string, tls: SchedulerSessionOptions['tls']): SchedulerSession {
  const created = new SchedulerSession({ master, framework, contentType: 'json', ...(tls && { tls }) });
  toClose.push(() => created.close());
  return created;
}

async function refusal(master: string, tls: SchedulerSessionOptions['tls']): Promise<MesosError> {
  const error = await session(master, tls)
    .start(() => {})
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof MesosError)) throw new Error('the session has started');
  return error;
}

describe.skipIf(!requireOpenssl())('TLS', () => {
  beforeAll(() => {
    certificates = makeCertificates();
    others = makeCertificates();
  });

  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });

  afterAll(() => expect(toClose).toStrictEqual([]));

  it('carries events and calls, with an authority of its own', async () => {
    const { url, clients } = await secureMaster();
    const running = session(url, { ca: certificates.ca });
    await running.start(() => {});
    await running.send({ type: 'REVIVE' });
    expect(running.masterUrl).toBe(url);
    expect(clients).toStrictEqual([undefined, undefined]);
  });

  it('shows the client certificate on both connections', async () => {
    const { url, clients } = await secureMaster({ requestCert: true, ca: certificates.ca });
    const running = session(url, { ca: certificates.ca, ...certificates.client });
    await running.start(() => {});
    await running.send({ type: 'REVIVE' });
    expect(clients).toStrictEqual(['client', 'client']);
  });

  it.each([
    ['without the authority', undefined],
    ['with another authority', 'other'],
  ])('is refused to a server that is not trusted: %s', async (_how, ca) => {
    const { url, clients } = await secureMaster();
    const error = await refusal(url, ca ? { ca: others.ca } : undefined);
    expect(error).toMatchObject({ code: 'TLS_REFUSED', setting: 'tls.ca' });
    expect(clients).toStrictEqual([]);
  });

  it('is refused to a server whose certificate is that of another host', async () => {
    const { url } = await secureMaster();
    const error = await refusal(url, { ca: certificates.ca, servername: 'elsewhere.example' });
    expect(error).toMatchObject({ code: 'TLS_REFUSED', setting: 'tls.ca' });
    expect(error.message).toContain('elsewhere.example');
  });

  it('says that the server wants a client certificate', async () => {
    const { url, clients } = await secureMaster({
      requestCert: true,
      ca: certificates.ca,
      maxVersion: 'TLSv1.2',
    });
    const error = await refusal(url, { ca: certificates.ca });
    expect(error).toMatchObject({ code: 'TLS_REFUSED', setting: 'tls.cert' });
    expect(clients).toStrictEqual([]);
  });

  // The server says nothing then: it could as well be a master that has died, so that trying again is right.
  it.each([
    ['TLSv1.2', 'another', true],
    ['TLSv1.3', 'another', true],
    ['TLSv1.3', 'no', false],
  ] as const)(
    'gives a hint where a server by %s closes on %s client certificate',
    async (version, _which, isGiven) => {
      const { url, clients } = await secureMaster({
        requestCert: true,
        ca: certificates.ca,
        maxVersion: version,
      });
      const running = new SchedulerSession({
        master: url,
        framework,
        connectTimeout: 500,
        tls: { ca: certificates.ca, ...(isGiven && others.client) },
      });
      await expect(running.start(() => {})).rejects.toThrow(/see `tls\.cert`/);
      expect(clients).toStrictEqual([]);
    },
  );

  it('says that a server speaks plain HTTP', async () => {
    const { createServer: createPlainServer } = await import('node:http');
    const server = createPlainServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    toClose.push(() => server.close());
    const error = await refusal(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
    expect(error).toMatchObject({ code: 'TLS_REFUSED', setting: 'tls' });
    expect(error.message).toContain('is it http?');
  });
});
