import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  createCodec,
  type master as mesosMaster,
  RecordDecoder,
  type scheduler,
} from '@galaxy-mesos/mesos-client';
import { afterEach, describe, expect, it } from 'vitest';
import { send as sendRequest, textOf } from '../test-helpers/recording.ts';
import type { SchedulerStream } from './scheduler/scheduler-exchange.ts';
import { ScriptedMaster, type ScriptedMasterOptions } from './scripted-master.ts';

const toClose: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function listen(options: ScriptedMasterOptions = {}): Promise<ScriptedMaster> {
  const master = await ScriptedMaster.listen(options);
  toClose.push(master);
  return master;
}

const calls = createCodec('json', 'mesos.v1.scheduler.Call');
const events = createCodec('json', 'mesos.v1.scheduler.Event');
const path = '/api/v1/scheduler';
const framework_info = { user: 'root', name: 'test', failover_timeout: 60 };
const rescind: scheduler.Event = { type: 'RESCIND', rescind: { offer_id: { value: 'Größe 日本' } } };

function post(
  master: ScriptedMaster,
  call: scheduler.Call,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> {
  const request = { method: 'POST', path, headers: { 'Content-Type': 'application/json', ...headers } };
  return sendRequest(master.url, request, calls.encode(call));
}

/** A framework that subscribed: what arrives at its end, and its stream at the other. */
interface Subscriber {
  readonly response: IncomingMessage;
  readonly stream: SchedulerStream;
  readonly chunks: Uint8Array[];
  call(call: scheduler.Call): Promise<IncomingMessage>;
}

async function subscribe(
  master: ScriptedMaster,
  id?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Subscriber> {
  const known = id === undefined ? {} : { id: { value: id } };
  const call: scheduler.Call = {
    type: 'SUBSCRIBE',
    ...(id !== undefined && { framework_id: { value: id } }),
    subscribe: { framework_info: { ...framework_info, ...known } },
  };
  const response = await post(master, call, headers);
  const chunks: Uint8Array[] = [];
  response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  response.on('error', () => {});
  const stream = await master.nextSubscription();
  const send = (one: scheduler.Call) =>
    post(
      master,
      { framework_id: { value: stream.frameworkId }, ...one },
      { 'Mesos-Stream-Id': stream.streamId },
    );
  return { response, stream, chunks, call: send };
}

function eventsOf(chunks: readonly Uint8Array[]): readonly scheduler.Event[] {
  const found: scheduler.Event[] = [];
  const decoder = new RecordDecoder((record) => found.push(events.decode(record)));
  for (const chunk of chunks) decoder.push(chunk);
  return found;
}

const typesOf = (chunks: readonly Uint8Array[]) => eventsOf(chunks).map(({ type }) => type);

/** How a stream ended for the one that reads it. */
async function endOf(response: IncomingMessage): Promise<'last chunk' | string> {
  const failed = once(response, 'error').then(([error]: { code?: string }[]) => error?.code ?? 'error');
  const ended = once(response, 'end').then(() => 'last chunk');
  return Promise.race([failed, ended]);
}

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

describe('a stream', () => {
  it.each([1, 7, 1000])('can send an event in pieces of %i bytes', async (size) => {
    const { stream, chunks } = await subscribe(await listen());
    await stream.sendInPieces(rescind, size);
    stream.send({ type: 'HEARTBEAT' });
    await expect.poll(() => eventsOf(chunks).slice(2)).toStrictEqual([rescind, { type: 'HEARTBEAT' }]);
  });

  it('tells when a flood of events has drained', async () => {
    const { response, stream } = await subscribe(await listen());
    response.pause();
    let hasDrained = false;
    const flood = Buffer.alloc(2 ** 24, 'x');
    const drained = stream
      .sendRecord(flood)
      .drained()
      .then(() => {
        hasDrained = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hasDrained).toBe(false);
    response.resume();
    await drained;
  });

  it('can send several events in one chunk', async () => {
    const { stream, chunks } = await subscribe(await listen());
    await expect.poll(() => typesOf(chunks)).toHaveLength(2);
    const before = chunks.length;
    stream.sendTogether(rescind, rescind, rescind);
    await expect.poll(() => typesOf(chunks)).toHaveLength(5);
    expect(chunks).toHaveLength(before + 1);
  });

  it('can end in good order, without a last chunk, with a reset, and inside a record', async () => {
    const master = await listen();
    const ends = {
      end: (stream: SchedulerStream) => stream.end(),
      breakOff: (stream: SchedulerStream) => stream.breakOff(),
      reset: (stream: SchedulerStream) => stream.reset(),
      truncate: (stream: SchedulerStream) => stream.sendTruncated(rescind),
    };
    const found: Record<string, unknown> = {};
    for (const [name, apply] of Object.entries(ends)) {
      const { response, stream, chunks } = await subscribe(master);
      await expect.poll(() => typesOf(chunks)).toHaveLength(2);
      const end = endOf(response);
      apply(stream);
      found[name] = await end;
      expect(stream.isOpen).toBe(false);
      await stream.closed;
      const decoder = new RecordDecoder(() => {});
      for (const chunk of chunks) decoder.push(chunk);
      if (name === 'truncate') expect(() => decoder.end()).toThrow('inside a record');
    }
    expect(found).toStrictEqual({
      end: 'last chunk',
      breakOff: 'ECONNRESET',
      reset: 'ECONNRESET',
      truncate: 'last chunk',
    });
  });

  it('can fall silent and stay open', async () => {
    const { stream, chunks } = await subscribe(await listen({ heartbeatSeconds: 0.01 }));
    await expect.poll(() => chunks.length).toBeGreaterThan(2);
    stream.fallSilent().send(rescind);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const heard = chunks.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(chunks).toHaveLength(heard);
    expect(stream.isOpen).toBe(true);
    stream.speakAgain();
    await expect.poll(() => chunks.length).toBeGreaterThan(heard);
    expect(typesOf(chunks)).not.toContain('RESCIND');
  });

  it('can send a state of a task that no client knows', async () => {
    const { stream, chunks } = await subscribe(await listen());
    stream.sendUpdateOfUnknownState({ task_id: { value: 't' } });
    await expect.poll(() => Buffer.concat(chunks).toString()).toContain('"state":"TASK_NOT_YET_INVENTED"');
    expect(typesOf(chunks).at(-1)).toBe('UPDATE');
  });

  it('can send what no client should choke on, or should', async () => {
    const { stream, chunks } = await subscribe(await listen());
    await expect.poll(() => typesOf(chunks)).toHaveLength(2);
    chunks.length = 0;
    stream
      .sendUnknownType()
      .sendGarbageLength()
      .announceRecord(2 ** 40);
    const expected = '27\n{"type":"NOT_YET_INVENTED"}twelve\n1099511627776\n';
    await expect.poll(() => Buffer.concat(chunks).toString()).toBe(expected);
  });
});

describe('a protobuf stream', () => {
  it('can send what comes from a later Mesos', async () => {
    const codec = createCodec('protobuf', 'mesos.v1.scheduler.Event');
    const master = await listen();
    const { stream, response, chunks } = await subscribe(master, undefined, {
      Accept: 'application/x-protobuf',
    });
    const end = endOf(response);
    const status = { task_id: { value: 't' }, agent_id: { value: 'a' }, message: 'TASK_RUNNING' };
    stream.sendUnknownType().sendUpdateOfUnknownState(status).end();
    expect(await end).toBe('last chunk');
    const found: scheduler.Event[] = [];
    const decoder = new RecordDecoder((record) => found.push(codec.decode(record)));
    for (const chunk of chunks) decoder.push(chunk);
    expect(found.map(({ type }) => type)).toStrictEqual(['SUBSCRIBED', 'HEARTBEAT', undefined, 'UPDATE']);
    expect(found[3]?.update?.status).toMatchObject(status);
    expect(found[3]?.update?.status.state).toBeUndefined();
  });
});

describe('a rule', () => {
  it('answers in place of the master, as often as it says', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE', 2).answer(503, 'not now', { 'Retry-After': '1' });
    const statuses: unknown[] = [];
    for (let count = 0; count < 3; count++) statuses.push((await call({ type: 'REVIVE' })).statusCode);
    expect(statuses).toStrictEqual([503, 503, 202]);
    expect((await call({ type: 'SUPPRESS' })).statusCode).toBe(202);
    expect(master.calls.map(({ type }) => type)).toStrictEqual(['SUBSCRIBE', 'REVIVE', 'SUPPRESS']);
    expect(master.exchanges.map(({ status }) => status)).toStrictEqual([200, 503, 503, 202, 202]);
  });

  it('drops connections before or after the call is taken', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE').dropBeforeTaking();
    await expect(call({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(master.calls).toHaveLength(1);
    master.onNext('REVIVE').dropAfterTaking();
    await expect(call({ type: 'REVIVE' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(master.calls).toHaveLength(2);
  });

  it('drops the connection of a subscription after it is taken', async () => {
    const master = await listen();
    master.onNext('SUBSCRIBE').dropAfterTaking();
    const call = { type: 'SUBSCRIBE', subscribe: { framework_info } } as const;
    await expect(post(master, call)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const stream = await master.nextSubscription();
    await stream.closed;
    await subscribe(master, stream.frameworkId);
  });

  it('holds a call, or only its answer', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    for (const [verb, takenBefore] of [
      ['hold', 0],
      ['holdAnswer', 1],
    ] as const) {
      const before = master.calls.length;
      const hold = master.onNext('SUPPRESS')[verb]();
      const answer = call({ type: 'SUPPRESS' });
      const exchange = await hold.arrived;
      expect(exchange.call.type).toBe('SUPPRESS');
      expect(master.calls.length - before).toBe(takenBefore);
      expect(exchange.status).toBeUndefined();
      hold.release();
      expect((await answer).statusCode).toBe(202);
      expect(master.calls.length - before).toBe(1);
    }
  });

  it('delays a call', async () => {
    const master = await listen();
    const { call } = await subscribe(master);
    master.onNext('REVIVE').delay(30);
    const answer = call({ type: 'REVIVE' });
    await master.nextExchange(({ call: { type } }) => type === 'REVIVE');
    expect(master.calls).toHaveLength(1);
    await master.nextCall('REVIVE');
    expect((await answer).statusCode).toBe(202);
  });

  it('is over when the master behaves', async () => {
    const master = await listen();
    master.onEvery('*').answer(500);
    const subscribeCall = { type: 'SUBSCRIBE', subscribe: { framework_info } } as const;
    expect((await post(master, subscribeCall)).statusCode).toBe(500);
    expect((await post(master, subscribeCall)).statusCode).toBe(500);
    master.behave();
    await subscribe(master);
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

describe('the operator API of a master', () => {
  const operatorCalls = createCodec('json', 'mesos.v1.master.Call');
  const responses = createCodec('json', 'mesos.v1.master.Response');
  const operatorEvents = createCodec('protobuf', 'mesos.v1.master.Event');

  const ask = (master: ScriptedMaster, call: mesosMaster.Call, headers = {}): Promise<IncomingMessage> => {
    const request = {
      method: 'POST',
      path: '/api/v1',
      headers: { 'Content-Type': 'application/json', ...headers },
    };
    return sendRequest(master.url, request, operatorCalls.encode(call));
  };

  const answerOf = async (response: IncomingMessage): Promise<mesosMaster.Response> =>
    responses.decode(Buffer.from(await textOf(response)));

  it('tells what was scripted, and the frameworks that are there', async () => {
    const master = await listen();
    const { stream } = await subscribe(master);
    master.answer('GET_ROLES', { roles: [{ name: 'web', weight: 1 }] });
    const roles = await answerOf(await ask(master, { type: 'GET_ROLES' }));
    expect(roles.get_roles?.roles).toStrictEqual([{ name: 'web', weight: 1 }]);
    const state = await answerOf(await ask(master, { type: 'GET_STATE' }));
    expect(state.get_state?.get_frameworks?.frameworks).toMatchObject([
      { framework_info: { id: { value: stream.frameworkId } }, connected: true },
    ]);
    const { get_master } = await answerOf(await ask(master, { type: 'GET_MASTER' }));
    expect(get_master?.master_info?.id).toBe(master.id);
  });

  it('notes commands, and tears frameworks down', async () => {
    const master = await listen();
    const { stream, response } = await subscribe(master);
    const end = endOf(response);
    const teardown = { framework_id: { value: stream.frameworkId } };
    expect((await ask(master, { type: 'TEARDOWN', teardown })).statusCode).toBe(200);
    expect(await end).toBe('last chunk');
    const volumes = { agent_id: { value: 'a' }, volumes: [] };
    expect((await ask(master, { type: 'CREATE_VOLUMES', create_volumes: volumes })).statusCode).toBe(202);
    expect(master.operator.log.calls.map(({ type }) => type)).toStrictEqual(['TEARDOWN', 'CREATE_VOLUMES']);
  });

  it('has an event stream in both formats', async () => {
    const master = await listen();
    const response = await ask(master, { type: 'SUBSCRIBE' }, { Accept: 'application/x-protobuf' });
    expect(response.headers['content-type']).toBe('application/x-protobuf');
    const stream = await master.operator.nextSubscription();
    stream.send({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: 'a' } } }).end();
    const found: unknown[] = [];
    const decoder = new RecordDecoder((record) => found.push(operatorEvents.decode(record).type));
    for await (const chunk of response) decoder.push(chunk);
    expect(found).toStrictEqual(['SUBSCRIBED', 'HEARTBEAT', 'AGENT_REMOVED']);
    await expect.poll(() => master.operator.streams).toStrictEqual([]);
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
