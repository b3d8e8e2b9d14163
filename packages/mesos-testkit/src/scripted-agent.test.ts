import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type agent, createCodec, type executor, RecordDecoder } from '@galaxy-mesos/mesos-client';
import { afterEach, describe, expect, it } from 'vitest';
import { send, textOf } from '../test-helpers/recording.ts';
import { record } from './event-stream.ts';
import { ScriptedAgent, type ScriptedAgentOptions } from './scripted-agent.ts';

const toClose: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function listen(options: ScriptedAgentOptions = {}): Promise<ScriptedAgent> {
  const created = await ScriptedAgent.listen(options);
  toClose.push(() => created.close());
  return created;
}

const executorCalls = createCodec('json', 'mesos.v1.executor.Call');
const executorEvents = createCodec('json', 'mesos.v1.executor.Event');
const agentCalls = createCodec('json', 'mesos.v1.agent.Call');
const responses = createCodec('json', 'mesos.v1.agent.Response');
const outputs = createCodec('json', 'mesos.v1.agent.ProcessIO');

const json = { 'Content-Type': 'application/json' };
const recordio = { Accept: 'application/recordio', 'Message-Accept': 'application/json' };
const ids = { framework_id: { value: 'f' }, executor_id: { value: 'e' } };
const uuid = Uint8Array.from(Buffer.from('0f8fad5bd9cb469fa16570867728950e', 'hex'));
const expected = {
  frameworkInfo: { user: 'root', name: 'test', id: ids.framework_id },
  executorInfo: { executor_id: ids.executor_id },
  containerId: 'c',
};

type Target = Parameters<typeof send>[0];

type WithoutIds = Omit<executor.Call, keyof typeof ids>;

const tell = (target: Target, call: WithoutIds, path = '/api/v1/executor'): Promise<IncomingMessage> =>
  send(target, { method: 'POST', path, headers: json }, executorCalls.encode({ ...ids, ...call }));

const ask = (url: string, call: agent.Call, headers = {}): Promise<IncomingMessage> =>
  send(url, { method: 'POST', path: '/api/v1', headers: { ...json, ...headers } }, agentCalls.encode(call));

const answerOf = async (response: IncomingMessage): Promise<agent.Response> =>
  responses.decode(Buffer.from(await textOf(response)));

/** Collects the records of a stream as they come. */
function recordsOf<Event>(response: IncomingMessage, codec: { decode(bytes: Uint8Array): Event }): Event[] {
  const events: Event[] = [];
  const decoder = new RecordDecoder((bytes) => events.push(codec.decode(Uint8Array.from(bytes))));
  response.on('data', (chunk: Uint8Array) => decoder.push(chunk));
  response.on('error', () => {});
  return events;
}

describe('an executor', () => {
  it('subscribes, gets what it is sent, and its updates acknowledged', async () => {
    const server = await listen();
    server.expectExecutor(expected);
    const events = recordsOf(await tell(server.url, { type: 'SUBSCRIBE', subscribe: {} }), executorEvents);
    const stream = await server.nextSubscription();
    stream.send({ type: 'KILL', kill: { task_id: { value: 't' } } });
    const status = {
      task_id: { value: 't' },
      state: 'TASK_RUNNING',
      source: 'SOURCE_EXECUTOR',
      uuid,
    } as const;
    expect((await tell(server.url, { type: 'UPDATE', update: { status } })).statusCode).toBe(202);
    await expect
      .poll(() => events.map(({ type }) => type))
      .toStrictEqual(['SUBSCRIBED', 'KILL', 'ACKNOWLEDGED']);
    expect(events[0]?.subscribed?.container_id).toStrictEqual({ value: 'c' });
    expect((await server.nextCall('UPDATE')).update.status.state).toBe('TASK_RUNNING');
  });

  it('gets no acknowledgement from an agent that gives none', async () => {
    const server = await listen({ heartbeatSeconds: 0.01 });
    server.acknowledges = false;
    server.expectExecutor(expected);
    const status = { task_id: { value: 't' }, state: 'TASK_RUNNING', uuid } as const;
    const subscribe = { unacknowledged_updates: [{ status }] };
    const events = recordsOf(await tell(server.url, { type: 'SUBSCRIBE', subscribe }), executorEvents);
    expect((await server.nextSubscription()).subscribe.unacknowledged_updates).toStrictEqual([{ status }]);
    await expect.poll(() => events.map(({ type }) => type)).toContain('HEARTBEAT');
    expect(events.map(({ type }) => type)).not.toContain('ACKNOWLEDGED');
  });

  it('is refused where it is not expected, not subscribed, or the agent recovers', async () => {
    const server = await listen();
    const refusal = async (call: WithoutIds) => {
      const response = await tell(server.url, call);
      return [response.statusCode, await textOf(response)];
    };
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([400, 'Framework cannot be found']);
    server.expectExecutor({ ...expected, executorInfo: { executor_id: { value: 'other' } } });
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([400, 'Executor cannot be found']);
    server.expectExecutor(expected);
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([403, 'Executor is not subscribed']);
    server.recover();
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([503, 'Agent has not finished recovery']);
    server.boot();
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([404, '404 Not Found.']);
    server.serveAgain();
    server.credentials = { tokens: ['good'] };
    expect(await refusal({ type: 'HEARTBEAT' })).toStrictEqual([401, '401 Unauthorized.']);
  });

  it('reaches a UNIX socket by the name of the process only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mesos-testkit-'));
    toClose.push(() => rm(folder, { recursive: true }));
    const socketPath = join(folder, 'agent.sock');
    const server = await listen({ socketPath });
    server.expectExecutor(expected);
    const refused = await tell({ socketPath }, { type: 'HEARTBEAT' });
    expect([refused.statusCode, await textOf(refused)]).toStrictEqual([403, '403 Forbidden.']);
    const path = '/slave(1)/api/v1/executor';
    const response = await tell({ socketPath }, { type: 'SUBSCRIBE', subscribe: {} }, path);
    expect(response.statusCode).toBe(200);
    const stream = await server.nextSubscription();
    expect(server.environmentOf(expected).MESOS_DOMAIN_SOCKET).toBe(socketPath);
    const failed = expect(textOf(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
    stream.reset();
    await failed;
    server.crash();
    await expect(tell({ socketPath }, { type: 'HEARTBEAT' }, path)).rejects.toThrow('ENOENT');
    await server.comeBack();
    expect((await tell({ socketPath }, { type: 'HEARTBEAT' }, path)).statusCode).toBe(202);
  });
});

describe('the operator API of an agent', () => {
  it('reads and lists files as Mesos does', async () => {
    const { operator, url } = await listen();
    operator.files.write('/sandbox/big', Buffer.alloc(100_000, 'x'));
    operator.files.write('/sandbox/stdout', 'one');
    operator.files.append('/sandbox/stdout', ' two');
    operator.files.write('/sandbox/below/deep', '');
    const read = async (path: string, offset: bigint, length?: bigint) => {
      const call = { path, offset, ...(length !== undefined && { length }) };
      const { read_file } = await answerOf(await ask(url, { type: 'READ_FILE', read_file: call }));
      return [read_file?.size, Buffer.from(read_file?.data ?? '').toString()];
    };
    expect(await read('/sandbox/stdout', 4n)).toStrictEqual([7n, 'two']);
    expect(await read('/sandbox/stdout', 1n, 2n)).toStrictEqual([7n, 'ne']);
    expect(await read('/sandbox/stdout', 100n)).toStrictEqual([7n, '']);
    expect(await read('/sandbox/stdout', 0n, 0n)).toStrictEqual([7n, '']);
    expect((await read('/sandbox/big', 0n))[1]).toHaveLength(65_536);
    const { list_files } = await answerOf(
      await ask(url, { type: 'LIST_FILES', list_files: { path: '/sandbox' } }),
    );
    expect(list_files?.file_infos?.map(({ path, size }) => [path, size])).toStrictEqual([
      ['/sandbox/big', 100_000n],
      ['/sandbox/stdout', 7n],
    ]);
    const download = (path: string) => fetch(`${url}/files/download?path=${encodeURIComponent(path)}`);
    const whole = await download('/sandbox/stdout');
    expect(whole.headers.get('content-disposition')).toBe('attachment; filename=stdout');
    expect(await whole.text()).toBe('one two');
    expect((await download('/none')).status).toBe(404);
    const missing = await ask(url, { type: 'READ_FILE', read_file: { path: '/none', offset: 0n } });
    expect([missing.statusCode, await textOf(missing)]).toStrictEqual([404, '']);
  });

  it('answers as it is told, and notes every call', async () => {
    const { operator, url } = await listen();
    operator.answer('GET_CONTAINERS', (call) => ({
      containers: call.get_containers?.show_nested
        ? [{ container_id: { value: 'c' }, executor_name: 'n' }]
        : [],
    }));
    const { get_containers } = await answerOf(
      await ask(url, { type: 'GET_CONTAINERS', get_containers: { show_nested: true } }),
    );
    expect(get_containers?.containers).toHaveLength(1);
    expect((await operator.log.nextCall('GET_CONTAINERS')).get_containers).toStrictEqual({
      show_nested: true,
    });
    // @ts-expect-error: a payload is checked when it is said, not when a client gets it.
    expect(() => operator.answer('GET_CONTAINERS', { container: [] })).toThrow('no such field');
    operator.log.onNext('GET_AGENT').answer(503, 'not now');
    expect((await ask(url, { type: 'GET_AGENT' })).statusCode).toBe(503);
  });
});

describe('containers', () => {
  const container_id = { value: 'session', parent: { value: 'task' } };

  it('launched with a session send their output, and their exit to whoever waits', async () => {
    const { operator, url } = await listen();
    operator.addContainer('task');
    const launch = {
      type: 'LAUNCH_NESTED_CONTAINER_SESSION',
      launch_nested_container_session: { container_id },
    } as const;
    const response = await ask(url, launch, recordio);
    expect([response.headers['content-type'], response.headers['message-content-type']]).toStrictEqual([
      'application/recordio',
      'application/json',
    ]);
    const session = await operator.nextContainer();
    const own = recordsOf(response, outputs);
    const attach = { type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id } } as const;
    const second = recordsOf(await ask(url, attach, recordio), outputs);
    const waiting = ask(url, { type: 'WAIT_NESTED_CONTAINER', wait_nested_container: { container_id } });
    await operator.log.nextCall('WAIT_NESTED_CONTAINER');
    session.stdout('out').stderr('err').exit(768);
    expect((await answerOf(await waiting)).wait_nested_container?.exit_status).toBe(768);
    const data = (type: 'STDOUT' | 'STDERR', words: string) => ({
      type,
      data: new Uint8Array(Buffer.from(words)),
    });
    const expectedOutput = [data('STDOUT', 'out'), data('STDERR', 'err')];
    await expect
      .poll(() => [own, second].map((one) => one.map((io) => io.data)))
      .toEqual([expectedOutput, expectedOutput]);
  });

  it('die with the connection of their session', async () => {
    const { operator, url } = await listen();
    const launch = {
      type: 'LAUNCH_NESTED_CONTAINER_SESSION',
      launch_nested_container_session: { container_id: { value: 'alone' } },
    } as const;
    const response = await ask(url, launch, recordio);
    const session = await operator.nextContainer();
    expect(session.outputs).toHaveLength(1);
    response.destroy();
    const wait = { type: 'WAIT_CONTAINER', wait_container: { container_id: { value: 'alone' } } } as const;
    expect((await answerOf(await ask(url, wait))).wait_container?.exit_status).toBe(9);
    expect(session.outputs).toStrictEqual([]);
  });

  it('take input as long as it comes', async () => {
    const { operator, url } = await listen();
    const container = operator.addContainer('task');
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { 'Content-Type': 'application/recordio', 'Message-Content-Type': 'application/json' };
    const { port } = new URL(url);
    const input = httpRequest({ port, method: 'POST', path: '/api/v1', headers, agent: false }, resolve);
    input.on('error', reject);
    const type = 'ATTACH_CONTAINER_INPUT';
    const write = (attach_container_input: agent.Call.AttachContainerInput) =>
      input.write(record(agentCalls.encode({ type, attach_container_input })));
    write({ type: 'CONTAINER_ID', container_id: { value: 'task' } });
    const process_io = {
      type: 'DATA',
      data: { type: 'STDIN', data: new Uint8Array(Buffer.from('ls\n')) },
    } as const;
    write({ type: 'PROCESS_IO', process_io });
    expect(await container.nextInput()).toEqual(process_io);
    input.end();
    expect((await promise).statusCode).toBe(200);
  });

  it('that cannot be attached to say so', async () => {
    const { operator, url } = await listen();
    operator.addContainer('plain', { isAttachable: false });
    const attach = {
      type: 'ATTACH_CONTAINER_OUTPUT',
      attach_container_output: { container_id: { value: 'plain' } },
    } as const;
    const response = await ask(url, attach, recordio);
    expect([response.statusCode, await textOf(response)]).toStrictEqual([
      500,
      'I/O switchboard server was disabled for this container',
    ]);
  });

  it('are removed only when they have ended', async () => {
    const { operator, url } = await listen();
    operator.addContainer('task.nested');
    const id = { container_id: { value: 'nested', parent: { value: 'task' } } };
    const remove = { type: 'REMOVE_NESTED_CONTAINER', remove_nested_container: id } as const;
    const kill = { type: 'KILL_NESTED_CONTAINER', kill_nested_container: id } as const;
    const answers: unknown[] = [];
    for (const call of [remove, kill, remove, kill]) answers.push(await textOf(await ask(url, call)));
    expect(answers).toStrictEqual([
      'Nested container has not terminated yet',
      '',
      '',
      "Container 'task.nested' cannot be found (or is already killed)",
    ]);
  });
});
