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
