import { setMaxListeners } from 'node:events';
import { connectionOptions } from '../client-options.ts';
import { type Codec, createCodec } from '../codec/codec.ts';
import {
  type ConnectionOptions,
  type ConnectionPool,
  happenedWhileConnecting,
  openConnectionPool,
} from '../http/connection.ts';
import { Authorizer } from '../http/credential.ts';
import {
  type Answer,
  gzipRequest,
  headerOf,
  type Response,
  readAnswer,
  readWords,
  sendAuthorized,
} from '../http/post.ts';
import { resolveRedirect } from '../http/redirect.ts';
import { type LinkedAbort, linkAbort } from '../linked-abort.ts';
import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';
import { defaultMaximumRecordBytes } from '../recordio/record-decoder.ts';
import { type EventStream, openEventStream } from '../stream/event-stream.ts';
import type { EndpointFinder } from './endpoint-finder.ts';
import { isReading, type RequestContext, refusalError, requestError, stopped } from './operator-errors.ts';
import type { OperatorTarget } from './operator-messages.ts';
import type { OperatorOptions } from './operator-options.ts';

/** A call of any type, to a master or an agent. */
export interface AnyCall {
  readonly type: string;
  readonly [field: string]: unknown;
}

type AnyMessage = { readonly type?: string };

interface Encoded {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends the calls of an operator, whatever they are, and tells apart what can go wrong. */
export class OperatorChannel {
  readonly target: OperatorTarget;
  readonly options: OperatorOptions;
  readonly connection: ConnectionOptions;
  readonly authorizer: Authorizer;
  readonly finder: EndpointFinder;
  readonly maximumRecordBytes: number;
  readonly callCodec: Codec<AnyMessage>;
  readonly #responseCodec: Codec<AnyMessage>;
  readonly #gzip: boolean;
  readonly #connections: ConnectionPool;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(target: OperatorTarget, options: OperatorOptions, finder: EndpointFinder) {
    const format = options.contentType ?? 'protobuf';
    this.target = target;
    this.options = options;
    this.finder = finder;
    this.connection = connectionOptions(options);
    this.#gzip = options.gzip ?? true;
    this.authorizer = new Authorizer(options.credential);
    this.maximumRecordBytes = options.maximumRecordBytes ?? defaultMaximumRecordBytes;
    this.callCodec = createCodec(format, `mesos.v1.${target}.Call`) as Codec<AnyMessage>;
    this.#responseCodec = createCodec(format, `mesos.v1.${target}.Response`) as Codec<AnyMessage>;
    this.#connections = openConnectionPool(this.connection);
    // As many calls may be under way as like.
    setMaxListeners(0, this.#closing.signal);
  }

  /** A signal that fires when the caller's does, or the client is closed. To be released when the work is done. */
  link(signal: AbortSignal | undefined): LinkedAbort {
    return linkAbort(signal, this.#closing.signal);
  }

  /** Iterates with a signal that fires when the caller's does, or the client is closed. */
  async *iterate<Item>(
    signal: AbortSignal | undefined,
    items: (scope: AbortSignal) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    const linked = this.link(signal);
    try {
      yield* items(linked.signal);
    } finally {
      linked.release();
    }
  }

  /** Sends a call; resolves with the payload of its answer, undefined where that has no body. */
  async ask(call: AnyCall, signal: AbortSignal | undefined): Promise<unknown> {
    const linked = this.link(signal);
    try {
      return await this.#ask(call, linked.signal);
    } finally {
      linked.release();
    }
  }

  async #ask(call: AnyCall, scope: AbortSignal): Promise<unknown> {
    const encoded = await this.#encode(call);
    this.#checkOpen(scope, call.type);
    const answer = await this.finder.reach((url) => this.#post(url, call.type, encoded, scope), {
      callType: call.type,
      signal: scope,
    });
    if (answer.body.length === 0 && !isReading(call.type)) return undefined;
    return this.#payloadOf(call.type, answer);
  }

  /** Sends a call that is answered by a stream. */
  async open(
    call: AnyCall,
    scope: AbortSignal,
    accept: Readonly<Record<string, string>>,
    patience?: number,
  ): Promise<EventStream> {
    const body = this.callCodec.encode(call);
    this.#checkOpen(scope, call.type);
    const headers = { 'content-type': this.callCodec.contentType, ...accept };
    const attempt = (url: URL) =>
      openEventStream(url, {
        callType: call.type,
        headers,
        body,
        connection: this.connection,
        authorizer: this.authorizer,
        signal: scope,
        rewrite: this.options.rewriteAddress,
        refused: (refusal, origin) =>
          refusalError(this.target, { callType: call.type, url: new URL(url.pathname, origin) }, refusal),
      }).catch((error: unknown) => {
        throw streamError(error, call.type, scope);
      });
    const stream = await this.finder.reach(attempt, { callType: call.type, signal: scope, patience });
    this.finder.remember(stream.url);
    return stream;
  }

  /** Asks for a file as it is. Its body is yet to be read. */
  async download(origin: URL, path: string, scope: AbortSignal): Promise<Response> {
    const callType = 'DOWNLOAD_FILE';
    this.#checkOpen(scope, callType);
    const url = new URL(`/files/download?path=${encodeURIComponent(path)}`, origin);
    const response = await this.#request(url, callType, scope, (authorization) =>
      this.#connections.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'GET',
        headers: authorization,
        signal: scope,
      }),
    );
    // What it says is not what is in the file.
    if (response.statusCode === 307) throw await this.#refusal(response, { callType, url });
    return response;
  }

  /** What `close` waits for, since it has connections of its own. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Ends all that is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new MesosError('SESSION_CLOSED', `the client of the ${this.target} was closed`));
    await this.#connections.destroy();
    await Promise.allSettled(this.#underWay);
  }

  #checkOpen(scope: AbortSignal, callType: string): void {
    if (scope.aborted) throw stopped(scope, callType);
  }

  async #encode(call: AnyCall): Promise<Encoded> {
    const body = this.callCodec.encode(call);
    return this.#gzip ? gzipRequest(body) : { body, headers: {} };
  }

  async #post(
    url: URL,
    callType: string,
    { body, headers }: Encoded,
    signal: AbortSignal,
  ): Promise<Answer | URL> {
    const type = this.callCodec.contentType;
    const asked = {
      'content-type': type,
      accept: type,
      ...headers,
      ...(this.#gzip && { 'accept-encoding': 'gzip' }),
    };
    const response = await this.#request(url, callType, signal, (authorization) =>
      this.#connections.request({
        origin: url.origin,
        path: url.pathname,
        method: 'POST',
        headers: { ...asked, ...authorization },
        body,
        signal,
        // A container may run for as long as it likes.
        ...(callType.startsWith('WAIT_') && { headersTimeout: 0 }),
      }),
    );
    if (response.statusCode === 307) {
      await readWords(response);
      return resolveRedirect(headerOf(response, 'location'), url, this.options.rewriteAddress);
    }
    return readAnswer(response, this.maximumRecordBytes).catch((cause: unknown) => {
      throw requestError(cause, { callType, url, signal });
    });
  }

  async #request(
    url: URL,
    callType: string,
    signal: AbortSignal,
    send: (authorization: Readonly<Record<string, string>>) => Promise<Response>,
  ): Promise<Response> {
    const context = { callType, url, signal };
    let mayHaveArrived = false;
    const sendOnce: typeof send = async (authorization) => {
      this.#checkOpen(signal, callType);
      mayHaveArrived = true;
      const response = await send(authorization);
      mayHaveArrived = response.statusCode !== 401;
      return response;
    };
    try {
      const response = await sendAuthorized(this.authorizer, callType, sendOnce, signal);
      const { statusCode: status } = response;
      if (status === 200 || status === 202 || status === 307) return response;
      throw await this.#refusal(response, context);
    } catch (cause) {
      if (signal.aborted && !mayHaveArrived) throw stopped(signal, callType);
      throw requestError(cause, context);
    }
  }

  async #refusal(response: Response, context: Pick<RequestContext, 'callType' | 'url'>): Promise<MesosError> {
    const text = await readWords(response);
    return refusalError(this.target, context, { status: response.statusCode, text });
  }

  #payloadOf(callType: string, answer: Answer): unknown {
    const response = this.#responseCodec.decode(answer.body) as Readonly<Record<string, unknown>>;
    // A payload with nothing in it may be left out: so Mesos answers GET_WEIGHTS where no weight is set.
    if (response.type === callType) return response[callType.toLowerCase()] ?? {};
    throw new MesosError(
      'UNEXPECTED_ANSWER',
      `${this.finder.found?.href ?? this.target} answered ${callType} with something else`,
      { callType, status: answer.status },
    );
  }
}

function streamError(error: unknown, callType: string, scope: AbortSignal): unknown {
  if (scope.aborted) return stopped(scope, callType);
  const isConnecting =
    error instanceof MesosError && error.code === 'CONNECTION_LOST' && happenedWhileConnecting(error.cause);
  if (!isConnecting) return error;
  return new MesosError('NOT_CONNECTED', `${callType} was not sent: ${reasonOf(error)}`, {
    callType,
    cause: error.cause,
  });
}
