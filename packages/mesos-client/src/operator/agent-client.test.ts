import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptedAgent, type ScriptedAgentOptions } from '@galaxy-mesos/mesos-testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentClient, type AgentClientOptions } from './agent-client.ts';

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

const task = { value: 'task' };

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
    const client = connect(agent.url, { callTimeout: 200 });
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
