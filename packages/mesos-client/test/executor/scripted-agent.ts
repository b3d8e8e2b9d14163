import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createCodec } from '../../src/codec/codec.ts';
import type { Call, Event } from '../../src/gen/executor.ts';
import type { TaskInfo } from '../../src/gen/mesos.ts';

const calls = createCodec('json', 'mesos.v1.executor.Call');
const events = createCodec('json', 'mesos.v1.executor.Event');

const agentId = { value: 'agent-1' };

const subscribed: Event = {
  type: 'SUBSCRIBED',
  subscribed: {
    executor_info: { executor_id: { value: 'executor-1' }, type: 'CUSTOM' },
    framework_info: { user: 'root', name: 'test' },
    agent_info: { hostname: 'localhost', id: agentId },
  },
};

/** A task as an agent launches it. */
export const task = (id: string): TaskInfo => ({ name: id, task_id: { value: id }, agent_id: agentId });

/** A call that has arrived, and the ways to answer it. */
export class AgentExchange {
  readonly call: Call;
  readonly request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, body: Uint8Array) {
    this.request = request;
    this.#response = response;
    this.call = calls.decode(body);
  }

  answer(status: number, text = ''): void {
    this.#response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  }

  /** Sends SUBSCRIBED, over the event stream that is opened for it unless it is open. */
  subscribed(): this {
    if (!this.#response.headersSent) this.open();
    return this.send(subscribed);
  }

  /** Opens the event stream and says nothing. */
  open(): this {
    this.#response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    return this;
  }

  send(event: Event): this {
    const bytes = events.encode(event);
    this.#response.write(`${bytes.length}\n${Buffer.from(bytes)}`);
    return this;
  }

  launch(...ids: readonly string[]): this {
    for (const id of ids) this.send({ type: 'LAUNCH', launch: { task: task(id) } });
    return this;
  }

  /** Acknowledges an update that came in another exchange. */
  acknowledge(update: Call['update']): this {
    if (!update?.status.uuid) throw new Error('an update without a uuid');
    const { task_id, uuid } = update.status;
    return this.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid } });
  }

  end(): void {
    this.#response.end();
  }

  /** Breaks the connection without an answer. */
  reset(): void {
    this.request.socket.destroy();
  }
}

/** Plays an agent where a real one cannot be brought to do what is to be tested. Each call goes to `play`. */
export class ScriptedAgent {
  play: (exchange: AgentExchange) => void = () => {};
  readonly exchanges: AgentExchange[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const exchange = new AgentExchange(request, response, Buffer.concat(chunks));
    this.exchanges.push(exchange);
    this.play(exchange);
    for (const look of this.#waiting) look();
  });

  async listen(where: { readonly port: number; readonly host: string } | string = localhost): Promise<this> {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await once(this.#server.listen(where), 'listening');
    return this;
  }

  get endpoint(): URL {
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}/slave(1)/api/v1/executor`);
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Waits for the call of this type with this number, from 1 on. */
  async called(type: Call['type'], number = 1): Promise<AgentExchange> {
    const { promise, resolve } = Promise.withResolvers<AgentExchange>();
    const look = () => {
      const found = this.exchanges.filter((exchange) => exchange.call.type === type)[number - 1];
      if (found) resolve(found);
    };
    this.#waiting.add(look);
    look();
    const found = await promise;
    this.#waiting.delete(look);
    return found;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}

const localhost = { port: 0, host: '127.0.0.1' };
