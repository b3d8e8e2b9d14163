// Takes the place of undici in the bundle of the command executor. Each task starts a process of it, and to load
// undici takes twice as long as all the rest together; of undici the executor needs no more than this.
import { EventEmitter } from 'node:events';
import { Agent as Connections, type IncomingMessage, request } from 'node:http';

interface ClientOptions {
  readonly connect: { readonly socketPath?: string };
}

interface RequestOptions {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal;
}

interface ResponseData {
  readonly statusCode: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: AsyncIterable<Uint8Array> & { text(): Promise<string> };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Of these, nothing of a request has been sent. */
const sentNothing = new Set(['connect', 'getaddrinfo']);

/** One connection, one request at a time. Emits `connectionError` as that of undici. */
export class Client extends EventEmitter {
  readonly #origin: URL;
  readonly #socketPath: string | undefined;
  readonly #connections = new Connections({ keepAlive: true, maxSockets: 1 });

  constructor(origin: string, { connect }: ClientOptions) {
    super();
    this.#origin = new URL(origin);
    this.#socketPath = connect.socketPath;
  }

  async request({ method, path, headers, body, signal }: RequestOptions): Promise<ResponseData> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = request({
      agent: this.#connections,
      host: this.#origin.hostname,
      port: this.#origin.port,
      ...(this.#socketPath !== undefined && { socketPath: this.#socketPath }),
      method,
      path,
      headers: { ...headers, 'content-length': body.length },
      ...(signal && { signal }),
    });
    outgoing.once('response', resolve).on('error', (error: NodeJS.ErrnoException) => {
      if (sentNothing.has(error.syscall ?? '')) this.emit('connectionError', this.#origin, [this], error);
      reject(error);
    });
    outgoing.end(body);
    const response = await promise;
    const { statusCode, headers: answered } = response;
    return { statusCode, headers: answered, body: Object.assign(response, { text: () => textOf(response) }) };
  }

  async destroy(): Promise<void> {
    this.#connections.destroy();
  }
}

/** Executors have no use for it. */
export class Agent extends EventEmitter {}
