import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';

/** Requests that would become WebSockets, with the first bytes behind them. */
const heads = new WeakMap<IncomingMessage, Buffer>();

/** Readers say nothing; what they send may be short. */
const maximumMessageBytes = 1024;

/** Of a request that would become something else Node reads no body, so that it cannot be answered otherwise. */
const noUpgrade =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n' +
  'Send this request without the header Upgrade.\n';

/**
 * Lets requests that would become WebSockets go the way of all others, through Fastify's hooks and routes: who may
 * not come in gets the same answer. A route that wants the WebSocket calls {@link WebSockets.accept}.
 */
export class WebSockets {
  readonly #server = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: maximumMessageBytes },
  });

  /** Listens for such requests from now on. */
  attach(fastify: Pick<FastifyInstance, 'server' | 'routing'>): void {
    fastify.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Whoever goes away in between is of no interest any more.
      socket.on('error', () => socket.destroy());
      if (request.method !== 'GET') {
        socket.end(noUpgrade);
        return;
      }
      heads.set(request, head);
      const response = new ServerResponse(request);
      response.assignSocket(request.socket);
      response.shouldKeepAlive = false;
      response.once('finish', () => socket.end());
      fastify.routing(request, response);
    });
  }

  /** Whether this request would become a WebSocket. */
  isAsked(request: IncomingMessage): boolean {
    return heads.has(request);
  }

  /** Makes a WebSocket of the request. If its headers are wrong, that is answered, and nothing is called. */
  accept(request: IncomingMessage, accepted: (webSocket: WebSocket) => void): void {
    this.#server.handleUpgrade(request, request.socket, heads.get(request) ?? Buffer.alloc(0), accepted);
  }
}
