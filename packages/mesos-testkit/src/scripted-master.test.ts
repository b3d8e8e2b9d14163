import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { send as sendRequest, textOf } from '../test-helpers/recording.ts';
import {
  calls,
  endOf,
  eventsOf,
  framework_info,
  path,
  post,
  rescind,
  subscribe,
  typesOf,
  useMasters,
} from '../test-helpers/subscriber.ts';
import { ScriptedMaster } from './scripted-master.ts';

const listen = useMasters();

describe('a subscription', () => {
  it('is told of itself and beats from then on', async () => {
    const master = await listen({ heartbeatSeconds: 0.01 });
    const { chunks, response } = await subscribe(master);
    while (chunks.length < 4) await once(response, 'data');
    const [subscribed, ...others] = eventsOf(chunks.slice(0, 4));
    expect(subscribed?.subscribed).toMatchObject({
      framework_id: { value: `${master.id}-0000` },
      heartbeat_interval_seconds: 0.01,
      master_info: { id: master.id, port: master.port },
    });
    expect(others.map(({ type }) => type)).toStrictEqual(['HEARTBEAT', 'HEARTBEAT', 'HEARTBEAT']);
  });

  it('loses its stream to a later one of the same framework', async () => {
    const master = await listen();
    const first = await subscribe(master);
    const end = endOf(first.response);
    const second = await subscribe(master, first.stream.frameworkId);
    expect(await end).toBe('last chunk');
    expect(eventsOf(first.chunks).at(-1)).toStrictEqual({
      type: 'ERROR',
      error: { message: 'Framework failed over' },
    });
    expect((await first.call({ type: 'REVIVE' })).statusCode).toBe(400);
    expect((await second.call({ type: 'REVIVE' })).statusCode).toBe(202);
    expect(master.streams).toStrictEqual([second.stream]);
  });

  it('ends with TEARDOWN, and its framework is gone for good', async () => {
    const master = await listen();
    const { response, stream, call } = await subscribe(master);
    const end = endOf(response);
    expect((await call({ type: 'TEARDOWN' })).statusCode).toBe(202);
    expect(await end).toBe('last chunk');
    const id = { value: stream.frameworkId };
    const again = await post(master, {
      type: 'SUBSCRIBE',
      framework_id: id,
      subscribe: { framework_info: { ...framework_info, id } },
    });
    expect(await textOf(again)).toContain('Framework has been removed');
  });

  it('is removed when the failover timeout runs out', async () => {
    const master = await listen();
    const request = {
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { user: 'root', name: 'x' } },
    } as const;
    const response = await post(master, request);
    const stream = await master.nextSubscription();
    response.destroy();
    await stream.closed;
    const headers = { 'Mesos-Stream-Id': stream.streamId };
    const revive = { type: 'REVIVE', framework_id: { value: stream.frameworkId } } as const;
    await expect
      .poll(async () => textOf(await post(master, revive, headers)))
      .toBe('Framework cannot be found');
  });

  it('gets updates again until they are acknowledged, over resubscriptions too', async () => {
    const master = await listen();
    const first = await subscribe(master);
    const uuid = Buffer.from('0f8fad5bd9cb469fa16570867728950e', 'hex');
    const status = {
      task_id: { value: 't' },
      agent_id: { value: 'a' },
      state: 'TASK_RUNNING',
      uuid,
    } as const;
    const acknowledged = master.sendUntilAcknowledged(first.stream.frameworkId, status, 0.01);
    await expect
      .poll(() => typesOf(first.chunks).filter((type) => type === 'UPDATE').length)
      .toBeGreaterThan(2);
    const second = await subscribe(master, first.stream.frameworkId);
    const { task_id, agent_id } = status;
    await second.call({ type: 'ACKNOWLEDGE', acknowledge: { task_id, agent_id, uuid } });
    await acknowledged;
    expect(typesOf(second.chunks)).toContain('UPDATE');
  });
});

describe('a master', () => {
  it('crashes and comes back on the same port with its memory, or without', async () => {
    const master = await listen();
    const { url } = master;
    const first = await subscribe(master);
    const end = endOf(first.response);
    master.crash();
    expect(await end).toBe('ECONNRESET');
    await expect(post(master, { type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await master.comeBack();
    expect(master.url).toBe(url);
    expect(await textOf(await first.call({ type: 'REVIVE' }))).toBe('Framework is not subscribed');
    await master.restart();
    expect(await textOf(await first.call({ type: 'REVIVE' }))).toBe('Framework cannot be found');
    await subscribe(master, first.stream.frameworkId);
  });

  it('refuses connections while those that are open go on', async () => {
    const master = await listen();
    const { stream, chunks } = await subscribe(master);
    master.refuseConnections();
    await expect(post(master, { type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    stream.send(rescind);
    await expect.poll(() => typesOf(chunks)).toContain('RESCIND');
    expect(master.connections).toBe(1);
  });

  it('falls silent and looks at what came in once it speaks again', async () => {
    const master = await listen({ heartbeatSeconds: 0.01 });
    const { call, chunks } = await subscribe(master);
    master.fallSilent();
    const answer = call({ type: 'REVIVE' });
    await expect.poll(() => master.connections).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(master.exchanges).toHaveLength(1);
    const heard = chunks.length;
    master.speakAgain();
    expect((await answer).statusCode).toBe(202);
    await expect.poll(() => chunks.length).toBeGreaterThan(heard);
  });

  it('dies of a call of type UNKNOWN', async () => {
    const master = await listen();
    const { stream } = await subscribe(master);
    const body = Buffer.from(`{"type":"UNKNOWN","framework_id":{"value":"${stream.frameworkId}"}}`);
    const headers = { 'Content-Type': 'application/json', 'Mesos-Stream-Id': stream.streamId };
    await expect(sendRequest(master.url, { method: 'POST', path, headers }, body)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    await stream.closed;
    expect(master.connections).toBe(0);
  });

  it('hands everything to play, if there is one', async () => {
    const master = await listen({ play: (exchange) => exchange.subscribed('stream-1').send(rescind).end() });
    const response = await post(master, { type: 'SUBSCRIBE', subscribe: { framework_info } });
    expect(response.headers['mesos-stream-id']).toBe('stream-1');
    expect(typesOf([Buffer.from(await textOf(response))])).toStrictEqual(['SUBSCRIBED', 'RESCIND']);
    expect(master.exchanges.map(({ call }) => call.type)).toStrictEqual(['SUBSCRIBE']);
  });

  it('says what a script throws', async () => {
    const master = await listen();
    master.onNext('SUBSCRIBE').play(() => {
      throw new Error('no idea');
    });
    const response = await post(master, { type: 'SUBSCRIBE', subscribe: { framework_info } });
    expect([response.statusCode, await textOf(response)]).toStrictEqual([
      500,
      'the script of this test threw: Error: no idea',
    ]);
  });

  it('closes with requests open and leaves no connection', async () => {
    const master = await ScriptedMaster.listen();
    const { stream } = await subscribe(master);
    master.onNext('*').hold();
    const failed = expect(post(master, { type: 'REVIVE' })).rejects.toThrow();
    await expect.poll(() => master.exchanges.length).toBe(2);
    await master.close();
    await failed;
    await stream.closed;
    expect([master.connections, master.connectionsSoFar]).toStrictEqual([0, 2]);
  });
});

describe('what is on the wire', () => {
  it('has no header that Mesos does not send', async () => {
    const master = await listen();
    const socket: Socket = connect(master.port, '127.0.0.1');
    socket.write(`GET /redirect HTTP/1.1\r\nHost: ${master.host}\r\n\r\n`);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    const [status, ...headers] = bytes.toString().trim().split('\r\n');
    expect(status).toBe('HTTP/1.1 307 Temporary Redirect');
    expect(headers.map((header) => header.split(':')[0]).sort()).toStrictEqual([
      'Content-Length',
      'Date',
      'Location',
    ]);
    socket.destroy();
  });

  it('is gzip where an answer is long and the request allows it', async () => {
    const words = 'word '.repeat(300);
    const master = await listen({ play: (exchange) => exchange.answer(400, words) });
    const response = await post(master, {}, { 'Accept-Encoding': 'gzip' });
    expect(response.headers['content-encoding']).toBe('gzip');
    const chunks: Uint8Array[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(words);
  });

  it('may be gzip in requests', async () => {
    const master = await listen();
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const body = gzipSync(calls.encode({ type: 'SUBSCRIBE', subscribe: { framework_info } }));
    const response = await sendRequest(master.url, { method: 'POST', path, headers }, body);
    expect(response.statusCode).toBe(200);
    response.destroy();
  });
});
