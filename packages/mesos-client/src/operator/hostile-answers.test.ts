import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, it } from 'vitest';
import { makeCertificates, requireOpenssl } from '../../test-helpers/certificates.ts';
import { useClosing } from '../../test-helpers/closing.ts';
import { AgentClient } from './agent-client.ts';
import { MasterClient, type MasterClientOptions } from './master-client.ts';

const { closing } = useClosing();

const health = { type: 'GET_HEALTH' } as const;
const teardown = { type: 'TEARDOWN', teardown: { framework_id: { value: 'framework-1' } } } as const;

async function portOf(server: Server & { closeAllConnections(): void }): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing({
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

const answering = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await portOf(createServer(listener))}`;

const connect = (master: string, options: Partial<MasterClientOptions> = {}): MasterClient =>
  closing(new MasterClient({ master, contentType: 'json', ...options }));

describe('a credential that does not come', () => {
  const credential = { token: () => new Promise<string>(() => {}) };

  it.each([health, teardown])(
    'is waited for until the signal fires: nothing of $type was sent',
    async (call) => {
      const master = closing(await ScriptedMaster.listen());
      const stop = new AbortController();
      const called = connect(master.url, { credential }).call(call, { signal: stop.signal });
      setImmediate(() => stop.abort());
      await expect(called).rejects.toMatchObject({ code: 'ABORTED', callType: call.type });
      expect(master.operator.log.exchanges).toStrictEqual([]);
    },
  );

  it('is waited for until the client is closed', async () => {
    const client = connect('127.0.0.1:1', { credential });
    const agent = closing(new AgentClient({ agent: '127.0.0.1:1', credential }));
    const input = agent.attachContainerInput({ value: 'container' }, []);
    const ends = [client.call(teardown), client.subscribe().next(), input].map((end) =>
      expect(end).rejects.toMatchObject({ code: 'SESSION_CLOSED' }),
    );
    await Promise.all([client.close(), agent.close()]);
    await Promise.all(ends);
  });
});

describe('a signal that outlives its calls', () => {
  it('is left as it was, however they end', async () => {
    const master = closing(await ScriptedMaster.listen());
    const client = connect(master.url);
    const { signal } = new AbortController();
    await client.call(health, { signal });
    master.operator.log.onNext('TEARDOWN').answer(400, 'no');
    await expect(client.call(teardown, { signal })).rejects.toMatchObject({ code: 'CALL_REFUSED' });
    for await (const { type } of client.subscribe({ signal })) if (type === 'SUBSCRIBED') break;
    for await (const { type } of client.watch({ signal })) if (type === 'SUBSCRIBED') break;
    await expect(client.downloadFile('/none', { signal }).next()).rejects.toMatchObject({ status: 404 });
    await expect(client.tailFile('/none', { signal }).next()).rejects.toMatchObject({ status: 404 });
    expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
  });

  it('is left as it was by streams of containers that end or never begin', async () => {
    const { signal } = new AbortController();
    let status = 404;
    const agent = await answering((_request, response) => response.writeHead(status).end());
    const client = closing(new AgentClient({ agent, contentType: 'json' }));
    await expect(client.attachContainerOutput({ value: 'a' }, { signal })).rejects.toMatchObject({ status });
    await expect(client.attachContainerInput({ value: 'a' }, [], { signal })).rejects.toMatchObject({
      status,
    });
    status = 200;
    for await (const _ of await client.attachContainerOutput({ value: 'a' }, { signal }))
      expect.unreachable();
    const unread = await client.attachContainerOutput({ value: 'a' }, { signal });
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0);
    await unread.close();
    expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
  });
});

describe('an answer that is larger than the limit', () => {
  const large = Buffer.alloc(3_000_000, ' ');
  const limited = { maximumRecordBytes: 1_000_000 };

  it.each([
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(large)],
    ['as it is', {}, large],
  ])('is not taken: %s', async (_how, headers, body) => {
    const master = await answering((_request, response) => response.writeHead(200, headers).end(body));
    await expect(connect(master, limited).call(health)).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      message: expect.stringContaining('maximumRecordBytes'),
    });
  });

  it('is taken by whoever raises the limit to it', async () => {
    const answer = Buffer.from(`{"type":"GET_HEALTH","get_health":{"healthy":true}}${' '.repeat(1000)}`);
    const headers = { 'content-encoding': 'gzip' };
    const master = await answering((_request, response) =>
      response.writeHead(200, headers).end(gzipSync(answer)),
    );
    const exactly = connect(master, { maximumRecordBytes: answer.length });
    expect(await exactly.call(health)).toStrictEqual({ healthy: true });
    const less = connect(master, { maximumRecordBytes: answer.length - 1 });
    await expect(less.call(health)).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    expect(await connect(master, { maximumRecordBytes: 2 ** 60 }).call(health)).toBeDefined();
  });

  it('is read no further where it is a refusal without end', async () => {
    const master = await answering((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(large));
      };
      response.writeHead(400).on('drain', more);
      more();
    });
    const error: unknown = await connect(master)
      .call(health)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CALL_REFUSED', status: 400 });
    expect(String(error).length).toBeLessThan(20_000);
  });
});

it.each(['json', 'protobuf'] as const)(
  'takes nothing for no answer to a question: %s',
  async (contentType) => {
    const master = await answering((_request, response) => response.writeHead(202).end());
    const client = connect(master, { contentType });
    await expect(client.call(health)).rejects.toThrow(/\[(UNEXPECTED_ANSWER|MALFORMED_MESSAGE)\]/);
    expect(await client.call(teardown)).toBeUndefined();
  },
);

it('tells an answer that says it is compressed and is not', async () => {
  const headers = { 'content-encoding': 'gzip' };
  const master = await answering((_request, response) => response.writeHead(200, headers).end('{}'));
  await expect(connect(master).call(health)).rejects.toMatchObject({ code: 'MALFORMED_MESSAGE' });
});

it('takes the words of a redirect for no file', async () => {
  const agent = await answering((_request, response) =>
    response.writeHead(307, { location: '//127.0.0.1:1' }).end('elsewhere'),
  );
  const client = closing(new AgentClient({ agent }));
  await expect(client.downloadFile('/a').next()).rejects.toMatchObject({
    code: 'CALL_REFUSED',
    status: 307,
    answer: 'elsewhere',
  });
});

it('takes an event without its payload for a broken stream', async () => {
  const master = await answering((_request, response) => {
    response.writeHead(200).write('21\n{"type":"TASK_ADDED"}');
  });
  await expect(connect(master).subscribe().next()).rejects.toMatchObject({
    code: 'MALFORMED_MESSAGE',
    message: expect.stringContaining('TASK_ADDED'),
  });
});

describe.skipIf(!requireOpenssl())('a redirect from https to http', () => {
  it('is not followed, by calls and streams', async () => {
    const { ca, server } = makeCertificates();
    const open = closing(await ScriptedMaster.listen());
    const port = await portOf(
      createSecureServer({ ...server }, (_request, response) => {
        response.writeHead(307, { location: `${open.url}/api/v1` }).end();
      }),
    );
    const client = connect(`127.0.0.1:${port}`, { tls: { ca }, credential: { token: 's3cret' } });
    const refused = { code: 'UNEXPECTED_ANSWER', message: expect.stringContaining('expected https') };
    await expect(client.call(health)).rejects.toMatchObject(refused);
    await expect(client.call(teardown)).rejects.toMatchObject(refused);
    await expect(client.subscribe().next()).rejects.toMatchObject(refused);
    expect(open.operator.log.exchanges).toStrictEqual([]);
  });
});
