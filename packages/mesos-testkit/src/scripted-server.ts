import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallLog } from './calls/call-log.ts';
import type { Exchange } from './calls/exchange.ts';
import { authenticate, type Credentials } from './http/authentication.ts';
import { type FrontOptions, HttpFront } from './http/http-front.ts';
import { type ReceivedRequest, receiveRequest } from './http/received-request.ts';
import { methodNotAllowed, type Reply, text } from './http/reply.ts';

/** What masters and agents have in common. */
export interface ScriptedServerOptions extends FrontOptions {
  /** Who may come in; anyone by default. */
  readonly credentials?: Credentials;
}

/** Any call: it has a type. */
export interface AnyCall {
  readonly type?: string | undefined;
}

/** An endpoint as far as requests reach it in the same way. */
export interface Endpoint<Ex extends Exchange<AnyCall>> {
  readonly log: CallLog<Ex>;
  /** What a client without a credential is asked for. */
  readonly realm: string;
  reply(exchange: Ex, principal: string | undefined): Reply;
}

/** A request and the ways out of it. */
export interface Incoming {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** Breaks the connection with a TCP reset. */
  readonly reset: () => void;
}

/** A process that listens, and may vanish, die and come back. */
export abstract class ScriptedServer {
  /** Who may come in from now on; anyone if undefined. */
  credentials: Credentials | undefined;
  readonly #front: HttpFront;
  #parked: (() => void)[] | undefined;

  constructor(options: ScriptedServerOptions) {
    this.credentials = options.credentials;
    this.#front = new HttpFront((...request) => void this.#receive(...request), options);
  }

  /** Such as `http://127.0.0.1:5050`. */
  get url(): string {
    return this.#front.url;
  }

  /** Host and port, such as `127.0.0.1:5050`. */
  get host(): string {
    return this.#front.host;
  }

  get port(): number {
    return this.#front.port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#front.connections;
  }

  /** Connections that were ever opened. */
  get connectionsSoFar(): number {
    return this.#front.connectionsSoFar;
  }

  /** New connections are refused from now on; those that are open go on. */
  refuseConnections(): void {
    this.#front.refuseConnections();
  }

  /** As after `kill -9`: connections are closed in the middle of what they do, new ones are refused. */
  crash(): void {
    this.#front.crash();
  }

  /** Listens (again) on the same port, with its memory. */
  comeBack(): Promise<void> {
    return this.#front.listen();
  }

  /** As a host that has vanished: connections stay, and no byte comes over them any more. */
  fallSilent(): void {
    this.#parked ??= [];
  }

  /** Ends {@link fallSilent}: what came in meanwhile is looked at now. */
  speakAgain(): void {
    const parked = this.#parked ?? [];
    this.#parked = undefined;
    for (const handle of parked) handle();
  }

  /** Stops for good and leaves nothing behind. */
  close(): Promise<void> {
    return this.#front.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Takes a request that has come in. */
  protected abstract handle(incoming: Incoming): void;

  /** What stands in the way of serving a request at all, once it is known who sent it. */
  protected abstract refuse(request: ReceivedRequest): Reply | undefined;

  /** Lets an endpoint answer an exchange, after everything that comes before in Mesos. */
  protected serve<Ex extends Exchange<AnyCall>>(endpoint: Endpoint<Ex>, exchange: Ex): void {
    endpoint.log.receive(exchange, () => exchange.deliver(this.#reply(endpoint, exchange)));
  }

  #reply<Ex extends Exchange<AnyCall>>(endpoint: Endpoint<Ex>, exchange: Ex): Reply {
    const { request } = exchange;
    if (!request.isBodyIntact) return text(500, 'failed to decode body');
    const identity = authenticate(this.credentials, request.headers.authorization, endpoint.realm);
    if ('refusal' in identity) return identity.refusal;
    const refusal = this.refuse(request);
    if (refusal) return refusal;
    if (request.method !== 'POST') return methodNotAllowed(request.method);
    return endpoint.reply(exchange, identity.principal);
  }

  /** What a script throws reaches whoever waits for the answer. */
  #handle(incoming: Incoming): void {
    try {
      this.handle(incoming);
    } catch (cause) {
      if (incoming.response.headersSent) incoming.reset();
      else incoming.response.writeHead(500).end(`the script of this test threw: ${String(cause)}`);
    }
  }

  async #receive(message: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const request = await receiveRequest(message, connection);
    if (!request) return;
    const reset = () => this.#front.reset(message.socket);
    const handle = () => this.#handle({ request, response, reset });
    if (this.#parked) this.#parked.push(handle);
    else handle();
  }
}
