import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { record, ScriptedAgent, type ScriptedAgentOptions } from '@galaxy-mesos/mesos-testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createCodec } from '../codec/codec.ts';
import { AgentClient, type AgentClientOptions } from './agent-client.ts';
import type { ContainerOutputStream } from './container-output.ts';

const toClose: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function listen(options?: ScriptedAgentOptions): Promise<ScriptedAgent> {
  const agent = await ScriptedAgent.listen(options);
  toClose.push(agent);
  return agent;
}

function connect(agent: string, options: Partial<AgentClientOptions> = {}): AgentClient {
  const client = new AgentClient({ agent, ...options });
  toClose.push(client);
  return client;
}

const formats = ['json', 'protobuf'] as const;
const task = { value: 'task' };
const container_id = { value: 'session', parent: task };
const session = { container_id, command: { value: 'cat' } };

async function textOf(output: ContainerOutputStream): Promise<string> {
  let text = '';
  for await (const { type, data } of output) text += `${type} ${Buffer.from(data)}`;
  return text;
}

/** Gives what it is told to, one piece at a time, and then nothing, without an end. */
async function* openEnd(...pieces: readonly string[]) {
  for (const piece of pieces) yield Buffer.from(piece);
  await new Promise(() => {});
}

describe('AgentClient', () => {
  it('finds an agent that has a path of its own', async () => {
    const agent = await listen();
    expect(await connect(`${agent.url}/slave(1)`).call({ type: 'GET_HEALTH' })).toStrictEqual({
      healthy: true,
    });
    expect(agent.operator.log.exchanges.map(({ path }) => path)).toStrictEqual(['/slave(1)/api/v1']);
  });

  it('waits for an agent that recovers, while it has patience', async () => {
    const agent = await listen();
    agent.recover();
    await expect(connect(agent.url).call({ type: 'GET_HEALTH' })).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 503,
    });
    const called = connect(agent.url, { patience: 60_000 }).call({ type: 'GET_HEALTH' });
    await agent.operator.log.nextExchange();
    await agent.operator.log.nextExchange();
    agent.serveAgain();
    expect(await called).toStrictEqual({ healthy: true });
  });

  it('waits for a container for as long as it runs', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const client = connect(agent.url, { callTimeout: 40 });
    const waited = client.call({ type: 'WAIT_CONTAINER', wait_container: { container_id: task } });
    agent.operator.log.onNext('GET_FLAGS').hold();
    // By then more time is over than other calls are given.
    await expect(client.call({ type: 'GET_FLAGS' })).rejects.toThrow(/no answer in time/);
    container.exit(768);
    expect(await waited).toStrictEqual({ exit_status: 768 });
  });

  it('refuses to send what would end the agent', async () => {
    const agent = await listen();
    const call = { type: 'REMOVE_CONTAINER', remove_container: { container_id: task } } as const;
    await expect(connect(agent.url).call(call)).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
    expect(agent.operator.log.exchanges).toStrictEqual([]);
  });
});

describe('files', () => {
  const path = '/frameworks/f/executors/e/runs/latest/stdout';

  it('are read in pages, whole, and listed', async () => {
    const agent = await listen();
    const content = Buffer.alloc(150_000, 'abcdefg');
    agent.operator.files.write(path, content);
    const client = connect(agent.url);
    expect((await client.readWholeFile(path)).equals(content)).toBe(true);
    expect(await client.readFile(path, { offset: 149_998 })).toStrictEqual({
      data: expect.objectContaining({ length: 2 }),
      size: 150_000,
    });
    expect((await client.readFile(path, { offset: 200_000 })).data.length).toBe(0);
    expect((await client.readFile(path, { length: 0 })).size).toBe(150_000);
    const [file] = await client.listFiles('/frameworks/f/executors/e/runs/latest');
    expect(file).toMatchObject({ path, size: 150_000n });
  });

  it('that are not there are named', async () => {
    const client = connect((await listen()).url);
    const missing = {
      code: 'CALL_REFUSED',
      status: 404,
      message: expect.stringContaining(`there is no ${path}`),
    };
    await expect(client.readFile(path)).rejects.toMatchObject(missing);
    await expect(client.listFiles(path)).rejects.toMatchObject(missing);
    await expect(client.tailFile(path).next()).rejects.toMatchObject(missing);
    await expect(client.downloadFile(path).next()).rejects.toMatchObject(missing);
  });

  it.each([[-1], [0.5], [Number.NaN]])('have no byte number %j', async (offset) => {
    const client = connect((await listen()).url);
    await expect(client.readFile(path, { offset })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  });

  it('are followed, also over a restart of the agent', async () => {
    const agent = await listen();
    agent.operator.files.write(path, 'one ');
    const tail = connect(agent.url, { patience: 60_000 }).tailFile(path, { pollMilliseconds: 1 });
    const piece = async () => Buffer.from((await tail.next()).value ?? []).toString();
    expect(await piece()).toBe('one ');
    agent.crash();
    agent.operator.files.append(path, 'two');
    const second = piece();
    await agent.comeBack();
    expect(await second).toBe('two');
    await tail.return();
  });

  it('are downloaded as fast as they are taken, and no more once the loop is left', async () => {
    let sent = 0;
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      expect(request.url).toBe('/files/download?path=%2Fa%20b');
      expect(request.headers.authorization).toBe('Bearer t');
      response.on('close', close);
      const send = () => {
        do sent += 65_536;
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', send);
      send();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slave(1)`, {
      credential: { token: 't' },
    });
    for await (const piece of client.downloadFile('/a b')) {
      expect(piece.length).toBeGreaterThan(0);
      let before = -1;
      while (before !== sent) {
        before = sent;
        await sleep(50);
      }
      break;
    }
    // Without back-pressure it would be as much as fits in memory.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    await closed;
    server.close();
  });

  it('that break off while they are downloaded are told', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('half');
      setImmediate(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    const read = async () => {
      for await (const piece of client.downloadFile('/a')) expect(String(piece)).toBe('half');
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    server.close();
  });
});

describe('container sessions', () => {
  it.each(formats)('give the output of what they launch, in %s', async (contentType) => {
    const agent = await listen();
    agent.operator.addContainer('task');
    const output = await connect(agent.url, { contentType }).launchNestedContainerSession(session);
    const container = await agent.operator.nextContainer();
    container.outputs[0]?.beat();
    container.stdout('out ').stderr('err ').exit();
    expect(await textOf(output)).toBe('STDOUT out STDERR err ');
  });

  it('kill the container when they are closed', async () => {
    const agent = await listen();
    agent.operator.addContainer('task');
    const client = connect(agent.url);
    for (const leave of ['close', 'loop'] as const) {
      const id = { value: leave, parent: task };
      const output = await client.launchNestedContainerSession({ ...session, container_id: id });
      const container = await agent.operator.nextContainer();
      container.stdout('x');
      if (leave === 'close') await output.close();
      else for await (const _ of output) break;
      await client.call({ type: 'WAIT_CONTAINER', wait_container: { container_id: id } });
      expect(container.exitStatus).toBe(9);
    }
  });

  it('end with the reason when the client closes them meanwhile', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const stop = new AbortController();
    const client = connect(agent.url);
    const aborted = textOf(await client.attachContainerOutput(task, { signal: stop.signal }));
    const closedOutput = await client.attachContainerOutput(task);
    const closed = textOf(closedOutput);
    const rejections = [
      expect(aborted).rejects.toMatchObject({ code: 'ABORTED' }),
      expect(closed).rejects.toMatchObject({ code: 'SESSION_CLOSED' }),
    ];
    stop.abort();
    await closedOutput.close();
    await Promise.all(rejections);
    while (container.outputs.length > 0) await sleep(5);
  });

  it('tell when the agent breaks off in the middle', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const output = await connect(agent.url).attachContainerOutput(task);
    container.stdout('half');
    setImmediate(() => container.outputs[0]?.reset());
    await expect(textOf(output)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('tell what they are refused with', async () => {
    const agent = await listen();
    agent.operator.addContainer('task', { isAttachable: false });
    const client = connect(agent.url);
    await expect(client.attachContainerOutput(task)).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 500,
      answer: 'I/O switchboard server was disabled for this container',
    });
    await expect(client.attachContainerOutput({ value: 'nope' })).rejects.toMatchObject({ status: 404 });
    const orphan = { ...session, container_id: { value: 'c', parent: { value: 'nope' } } };
    await expect(client.launchNestedContainerSession(orphan)).rejects.toMatchObject({ status: 400 });
    agent.crash();
    await expect(client.attachContainerOutput(task)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});

describe('attachContainerInput', () => {
  it.each(formats)('passes on the source and its end, in %s', async (contentType) => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const source = [Buffer.from('typed'), { window_size: { rows: 3, columns: 4 } }];
    await connect(agent.url, { contentType }).attachContainerInput(task, source);
    const inputs = [1, 2, 3].map(() => container.nextInput());
    expect(await Promise.all(inputs)).toMatchObject([
      { data: { type: 'STDIN', data: new Uint8Array(Buffer.from('typed')) } },
      { control: { type: 'TTY_INFO', tty_info: { window_size: { rows: 3, columns: 4 } } } },
      { data: { type: 'STDIN', data: new Uint8Array() } },
    ]);
  });

  it('sends heartbeats, and ends with the container though the source has not ended', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const attached = connect(agent.url).attachContainerInput(task, openEnd('x'), {
      heartbeatMilliseconds: 1,
    });
    for (let beats = 0; beats < 5; beats++)
      await container.nextInput(({ control }) => control?.type === 'HEARTBEAT');
    container.exit();
    await attached;
  });

  it('takes for the end of the container what a real agent may answer then', async () => {
    const agent = await listen();
    const orders = agent.operator.log.onNext('ATTACH_CONTAINER_INPUT', 2);
    const words = ['503 Service Unavailable.', 'Agent has not finished recovery'];
    orders.play((exchange) => exchange.answer(503, words.shift()));
    const client = connect(agent.url);
    await client.attachContainerInput(task, openEnd('x'));
    await expect(client.attachContainerInput(task, openEnd('x'))).rejects.toMatchObject({ status: 503 });
  });

  it('tells of a refusal at once, though the source waits', async () => {
    const agent = await listen();
    const attached = connect(agent.url).attachContainerInput({ value: 'nope' }, openEnd('x'));
    await expect(attached).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: 404,
      answer: 'Container nope cannot be found',
    });
  });

  it('throws what the source throws, and does not end the input', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const failure = new Error('the keyboard is gone');
    async function* broken() {
      yield Buffer.from('x');
      throw failure;
    }
    await expect(connect(agent.url).attachContainerInput(task, broken())).rejects.toBe(failure);
    while (agent.connections > 1) await sleep(5);
    expect((await container.nextInput()).data?.data?.length).toBe(1);
    const another = container.nextInput().then(() => 'more');
    expect(await Promise.race([another, sleep(20).then(() => 'nothing')])).toBe('nothing');
  });

  it('ends when told to, and leaves no connection for input', async () => {
    const agent = await listen();
    const container = agent.operator.addContainer('task');
    const stop = new AbortController();
    const attached = connect(agent.url).attachContainerInput(task, openEnd('x'), { signal: stop.signal });
    await container.nextInput(({ type }) => type === 'DATA');
    stop.abort();
    await expect(attached).rejects.toMatchObject({ code: 'ABORTED' });
    while (agent.connections > 1) await sleep(5);
  });

  it('gets a token that has run out renewed before it takes anything from the source', async () => {
    const agent = await listen({ credentials: { tokens: ['new'] } });
    const container = agent.operator.addContainer('task');
    const token = (refused: string | undefined) => (refused === undefined ? 'old' : 'new');
    await connect(agent.url, { credential: { token } }).attachContainerInput(task, [Buffer.from('typed')]);
    const { data } = await container.nextInput(({ type }) => type === 'DATA');
    expect(String(Buffer.from(data?.data ?? []))).toBe('typed');
  });

  it('takes from the source only what the agent takes', async () => {
    const codec = createCodec('protobuf', 'mesos.v1.agent.Response');
    const health = codec.encode({ type: 'GET_HEALTH', get_health: { healthy: true } });
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const server = createServer((request, response) => {
      if (request.headers['content-type'] !== 'application/recordio') response.end(health);
      else request.pause().once('readable', arrive);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    let taken = 0;
    function* endless() {
      for (;;) {
        taken += 65_536;
        yield Buffer.alloc(65_536);
      }
    }
    const stop = new AbortController();
    const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    const attached = client.attachContainerInput(task, endless(), { signal: stop.signal });
    const rejected = expect(attached).rejects.toMatchObject({ code: 'ABORTED' });
    await arrived;
    let before = -1;
    while (before !== taken) {
      before = taken;
      await sleep(50);
    }
    expect(taken).toBeLessThan(32 * 1024 * 1024);
    stop.abort();
    await rejected;
    server.closeAllConnections();
    server.close();
  });
});

describe('output', () => {
  it('is read only as fast as it is taken', async () => {
    const codec = createCodec('protobuf', 'mesos.v1.agent.ProcessIO');
    const piece = record(
      codec.encode({ type: 'DATA', data: { type: 'STDOUT', data: Buffer.alloc(65_536) } }),
    );
    const total = 1000;
    let sent = 0;
    const server = createServer((_request, response) => {
      const send = () => {
        while (sent < total) {
          sent++;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on('drain', send);
      send();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    let bytes = 0;
    for await (const { data } of await client.attachContainerOutput(task)) {
      if (bytes === 0) {
        let before = -1;
        while (before !== sent) {
          before = sent;
          await sleep(50);
        }
        expect(sent).toBeLessThan(total / 2);
      }
      bytes += data.length;
    }
    expect(bytes).toBe(total * 65_536);
    server.close();
  });
});
