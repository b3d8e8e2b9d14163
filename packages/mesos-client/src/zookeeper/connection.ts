import { connect, type Socket } from 'node:net';
import { describeFailure } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import { encodeFrame, FrameDecoder } from './frame-decoder.ts';
import { JuteReader } from './jute.ts';
import {
  type ConnectAnswer,
  type ConnectRequest,
  decodeConnectAnswer,
  decodeReplyHeader,
  encodeConnect,
  encodeRequest,
  operations,
  type ReplyHeader,
  type Status,
  specialXids,
} from './messages.ts';
import { describeServer, type ZooKeeperServer } from './server.ts';

/** How long a server may take to answer that the session is closed, in milliseconds. */
const closeMilliseconds = 500;

/** What a server answered: the value, or why there is none. */
export type Reply<T> =
  | { readonly status: 'OK'; readonly value: T }
  | { readonly status: Exclude<Status, 'OK'> };

interface PendingRequest {
  readonly xid: number;
  readonly accept: (header: ReplyHeader, reader: JuteReader) => void;
  readonly reject: (error: MesosError) => void;
}

/** One TCP connection to one server, over which a session speaks. Not to be used again once it has failed. */
export class ZooKeeperConnection {
  readonly server: ZooKeeperServer;
  /** When the server was last heard, on the clock of `performance.now()`. */
  lastHeard = performance.now();
  /** The youngest transaction that the server told of. */
  lastZxid: bigint;
  readonly #socket: Socket;
  readonly #pending: PendingRequest[] = [];
  #greeting: PromiseWithResolvers<ConnectAnswer> | undefined;
  #change: PromiseWithResolvers<void> | undefined;
  #failure: MesosError | undefined;
  #xid = 0;
  #pings: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(server: ZooKeeperServer, lastZxid: bigint) {
    this.server = server;
    this.lastZxid = lastZxid;
    const decoder = new FrameDecoder((payload) => this.#onFrame(payload));
    this.#socket = connect({ host: server.host, port: server.port, noDelay: true });
    this.#socket.on('error', (cause) => this.#fail(this.#lost(describeFailure(cause), cause)));
    this.#socket.on('close', () => this.#fail(this.#lost('the connection was closed')));
    this.#socket.on('data', (chunk) => this.#onData(decoder, chunk));
  }

  /** Why the connection is of no use any more. */
  get failure(): MesosError | undefined {
    return this.#failure;
  }

  /**
   * Introduces the session. Rejects with CONNECTION_LOST where the server cannot be reached, or does not answer
   * within `limit` milliseconds, as one without a quorum.
   */
  async introduce(request: ConnectRequest, limit: number): Promise<ConnectAnswer> {
    if (this.#failure) throw this.#failure;
    const greeting = Promise.withResolvers<ConnectAnswer>();
    this.#greeting = greeting;
    const deadline = setTimeout(() => this.#fail(this.#lost('no answer in time')), limit);
    try {
      this.#send(encodeConnect(request));
      return await greeting.promise;
    } finally {
      clearTimeout(deadline);
    }
  }

  /**
   * From now on pings, and fails where the server is silent for two thirds of the session's timeout: that leaves a
   * third to find another server before the session expires.
   */
  keepAlive(timeout: number): void {
    // What came behind the greeting may have been its end.
    if (this.#failure) return;
    this.#pings = setInterval(
      () => this.#send(encodeRequest(specialXids.ping, operations.ping)),
      timeout / 3,
    );
    this.#silence = setTimeout(() => this.#fail(this.#lost('it fell silent')), (timeout * 2) / 3);
  }

  /** Sends a request; `decode` reads the body of an answer that is OK. Rejects where the connection fails first. */
  request<T>(operation: number, body: Uint8Array, decode: (reader: JuteReader) => T): Promise<Reply<T>> {
    const xid = operation === operations.auth ? specialXids.auth : ++this.#xid;
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const accept = ({ status }: ReplyHeader, reader: JuteReader) =>
        resolve(status === 'OK' ? { status, value: decode(reader) } : { status });
      this.#pending.push({ xid, accept, reject });
      this.#send(encodeRequest(xid, operation, body));
    });
  }

  /**
   * Resolves as soon as something changes that is read after this call. Rejects when the connection fails. Ask again
   * before reading again: only the last promise is kept.
   */
  nextChange(): Promise<void> {
    this.#change = Promise.withResolvers();
    // Who reads may fail before coming to wait for it.
    this.#change.promise.catch(() => undefined);
    if (this.#failure) this.#change.reject(this.#failure);
    return this.#change.promise;
  }

  /** Ends the session at the server, so that nothing of it is left there, and the connection in any case. */
  async close(): Promise<void> {
    if (!this.#failure && this.#silence) {
      const limit = setTimeout(() => this.destroy(), closeMilliseconds);
      // What is answered makes no difference: it ends here.
      await this.request(operations.closeSession, new Uint8Array(), () => undefined).catch(() => undefined);
      clearTimeout(limit);
    }
    this.destroy();
  }

  /** Ends the connection, not the session. What waits for an answer rejects with the reason. */
  destroy(reason = new MesosError('SESSION_CLOSED', `the connection to ${this.#name} was closed`)): void {
    this.#fail(reason);
  }

  get #name(): string {
    return `ZooKeeper at ${describeServer(this.server)}`;
  }

  #lost(reason: string, cause?: unknown): MesosError {
    return new MesosError('CONNECTION_LOST', `${this.#name}: ${reason}`, { cause });
  }

  #send(payload: Uint8Array): void {
    this.#socket.write(encodeFrame(payload));
  }

  #onData(decoder: FrameDecoder, chunk: Uint8Array): void {
    this.lastHeard = performance.now();
    this.#silence?.refresh();
    try {
      decoder.push(chunk);
    } catch (error) {
      this.#fail(error instanceof MesosError ? error : this.#lost(String(error), error));
    }
  }

  #onFrame(payload: Uint8Array): void {
    if (this.#failure) return;
    if (this.#greeting) {
      this.#greeting.resolve(decodeConnectAnswer(payload));
      this.#greeting = undefined;
      return;
    }
    const reader = new JuteReader(payload);
    const header = decodeReplyHeader(reader);
    if (header.xid === specialXids.notification) this.#change?.resolve();
    else if (header.xid !== specialXids.ping) this.#onReply(header, reader);
  }

  #onReply(header: ReplyHeader, reader: JuteReader): void {
    const [request] = this.#pending;
    // Answers come in the order of the requests.
    if (request?.xid !== header.xid)
      throw new MesosError(
        'MALFORMED_MESSAGE',
        `${this.#name} answered request ${header.xid}, expected ${request?.xid ?? 'none'}`,
      );
    request.accept(header, reader);
    this.#pending.shift();
    if (header.zxid > this.lastZxid) this.lastZxid = header.zxid;
  }

  #fail(error: MesosError): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#pings);
    clearTimeout(this.#silence);
    this.#socket.destroy();
    this.#greeting?.reject(error);
    this.#change?.reject(error);
    for (const request of this.#pending.splice(0)) request.reject(error);
  }
}
