import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createCodec } from '../src/codec/codec.ts';
import type { Call, Event } from '../src/gen/scheduler.ts';

const calls = createCodec('json', 'mesos.v1.scheduler.Call');
const events = createCodec('json', 'mesos.v1.scheduler.Event');

/** A request as a scripted master sees it, and the ways to answer it. */
export class Exchange {
  readonly call: Call;
  readonly streamId: string | undefined;
  readonly path: string | undefined;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, body: Uint8Array) {
    this.#request = request;
    this.#response = response;
    this.call = calls.decode(body);
    this.path = request.url;
    const streamId = request.headers['mesos-stream-id'];
    this.streamId = Array.isArray(streamId) ? streamId[0] : streamId;
  }

  answer(status: number, text = '', headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, headers).end(text);
  }

  /** Opens an event stream and sends SUBSCRIBED. */
  subscribed(streamId: string, heartbeatSeconds = 15): this {
    this.openStream(streamId);
    const framework_id = { value: 'framework-1' };
    this.send({
      type: 'SUBSCRIBED',
      subscribed: { framework_id, heartbeat_interval_seconds: heartbeatSeconds },
    });
    return this;
  }

  openStream(streamId: string): this {
    this.#response.writeHead(200, { 'content-type': 'application/json', 'mesos-stream-id': streamId });
    return this;
  }

  send(event: Event): void {
    const bytes = events.encode(event);
    this.sendText(`${bytes.length}\n${Buffer.from(bytes)}`);
  }

  sendText(text: string): void {
    this.#response.write(text);
  }

  end(): void {
    this.#response.end();
  }

  /** Breaks the connection without an answer. */
  reset(): void {
    this.#request.socket.destroy();
  }
}

/**
 * Plays a master where a real one cannot be brought to do what is to be tested: silence, circles of
 * redirects, answers that get lost. Each request goes to `play`.
 */
export class ScriptedMaster {
  url = '';
  play: (exchange: Exchange) => void = () => {};
  readonly exchanges: Exchange[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const exchange = new Exchange(request, response, Buffer.concat(chunks));
    this.exchanges.push(exchange);
    this.play(exchange);
  });

  async listen(): Promise<this> {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  get host(): string {
    return this.url.slice('http://'.length);
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}
