import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';

/** Certificates of a server that speaks TLS, in PEM. */
export interface TlsOptions {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Who may sign the certificates of clients. */
  readonly ca?: string | Buffer;
  /** Whether clients must show a certificate of `ca`; connections without are refused. */
  readonly requestCert?: boolean;
}

/** Where a front listens. */
export interface FrontOptions {
  /** 0 for a free one, which then stays the same over all starts and stops. */
  readonly port?: number;
  /** Name for the URL and for redirects, 127.0.0.1 by default; it always listens on 127.0.0.1. */
  readonly hostname?: string;
  /** Path of a UNIX socket to listen on instead of a port. */
  readonly socketPath?: string;
  readonly tls?: TlsOptions;
}

/** Takes a request; `connection` counts the connections from 1. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, connection: number) => void;

const loopback = '127.0.0.1';

/**
 * Listens, counts connections, stops listening, comes back on the same port, and breaks connections. What
 * is on the wire beyond HTTP itself is the handler's.
 */
export class HttpFront {
  readonly #options: FrontOptions;
  readonly #http: Server;
  /** Listens apart from HTTP, so that the one can stop while connections of the other go on. */
  readonly #listener: NetServer;
  readonly #sockets = new Map<Socket, number>();
  #connectionCount = 0;
  #port: number;

  constructor(handle: RequestHandler, options: FrontOptions = {}) {
    this.#options = options;
    this.#port = options.port ?? 0;
    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      // Answers to those who have gone are part of the game.
      response.on('error', () => {});
      handle(request, response, this.#sockets.get(this.#wireOf(request.socket)) ?? 0);
    };
    this.#http = options.tls ? createTlsServer({ ...options.tls }, onRequest) : createServer(onRequest);
    this.#http.keepAliveTimeout = 0;
    // TLS handshakes that fail are what some tests are about.
    this.#http.on('tlsClientError', () => {});
    this.#listener = createNetServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Begins to listen, or again after {@link refuseConnections} or {@link crash}. */
  async listen(): Promise<void> {
    if (this.#listener.listening) return;
    const { socketPath } = this.#options;
    this.#listener.listen(socketPath === undefined ? { port: this.#port, host: loopback } : socketPath);
    await once(this.#listener, 'listening');
    const address = this.#listener.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Connections that were ever opened. */
  get connectionsSoFar(): number {
    return this.#connectionCount;
  }

  get port(): number {
    return this.#port;
  }

  /** Host and port, such as `127.0.0.1:5050`. */
  get host(): string {
    return `${this.#options.hostname ?? loopback}:${this.#port}`;
  }

  /** Such as `http://127.0.0.1:5050`. */
  get url(): string {
    return `${this.#options.tls ? 'https' : 'http'}://${this.host}`;
  }

  /** New connections are refused from now on; those that are open go on. */
  refuseConnections(): void {
    this.#listener.close();
  }

  /** As after `kill -9`: every connection is closed in the middle of what it does, and new ones are refused. */
  crash(): void {
    this.#listener.close();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  /** Breaks the connection of a request with a TCP reset. */
  reset(socket: Socket): void {
    const wire = this.#wireOf(socket);
    // UNIX sockets know no reset.
    if (this.#options.socketPath === undefined) wire.resetAndDestroy();
    else wire.destroy();
  }

  /** Stops listening and closes every connection; resolves when nothing is left. */
  async close(): Promise<void> {
    // Not `once` of `node:events`: that rejects where a socket fails before it is closed.
    const closed = [...this.#sockets.keys()].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    this.crash();
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    this.#sockets.set(socket, ++this.#connectionCount);
    socket.on('close', () => this.#sockets.delete(socket));
    // A reset by the other side is no failure of a server.
    socket.on('error', () => {});
    this.#http.emit('connection', socket);
  }

  /** The TCP connection below TLS: resets happen there. */
  #wireOf(socket: Socket): Socket {
    if (this.#sockets.has(socket)) return socket;
    const sameConnection = (one: Socket) => one.remotePort === socket.remotePort;
    return [...this.#sockets.keys()].find(sameConnection) ?? socket;
  }
}
