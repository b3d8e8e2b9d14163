import type { Agent } from 'undici';
import { type ClientOptions, connectionOptions } from '../client-options.ts';
import { type Codec, createCodec } from '../codec/codec.ts';
import { describeFailure, happenedWhileConnecting, openConnectionPool } from '../http/connection.ts';
import { Authorizer } from '../http/credential.ts';
import { type Answer, readAnswer, sendAuthorized } from '../http/post.ts';
import { maximumRedirects, resolveRedirect } from '../http/redirect.ts';
import { MesosError } from '../mesos-error.ts';
import type { OperatorAnswer, OperatorCall, OperatorCallType, OperatorTarget } from './operator-messages.ts';

/** What an operator client is made from. */
export interface OperatorClientOptions extends ClientOptions {
  /**
   * `http://host:5050`, or where the API lies below another path, as for several agents in one process,
   * `http://host:5051/slave(1)`; with or without the `/api/v1` at its end.
   */
  readonly url: string;
}

/** The shape that the messages of masters and agents have in common. */
interface AnyMessage {
  readonly type?: string;
}

function endpoint(url: string): URL {
  const text = url.includes('://') ? url : `http://${url}`;
  if (!URL.canParse(text))
    throw new MesosError(
      'INVALID_MASTER_URL',
      `${JSON.stringify(url)} is not an address: expected http://host:5050`,
    );
  const parsed = new URL(text);
  const path = parsed.pathname.replace(/\/$/, '');
  parsed.pathname = path.endsWith('/api/v1') ? path : `${path}/api/v1`;
  return parsed;
}

/**
 * The operator API of a master or an agent: state, files, maintenance, TEARDOWN. A client of a master follows
 * redirects to the leader. Close it when done: it keeps connections alive.
 */
export class OperatorClient<Target extends OperatorTarget> {
  readonly #options: OperatorClientOptions;
  readonly #callCodec: Codec<AnyMessage>;
  readonly #responseCodec: Codec<AnyMessage>;
  readonly #connections: Agent;
  readonly #authorizer: Authorizer;
  /** As it was given. */
  readonly #home: URL;
  /** Where the last redirect led. */
  #url: URL;

  /** Connects nowhere yet. Throws INVALID_MASTER_URL. */
  constructor(target: Target, options: OperatorClientOptions) {
    const format = options.contentType ?? 'protobuf';
    this.#options = options;
    this.#home = endpoint(options.url);
    this.#url = this.#home;
    this.#callCodec = createCodec(format, `mesos.v1.${target}.Call`) as Codec<AnyMessage>;
    this.#responseCodec = createCodec(format, `mesos.v1.${target}.Response`) as Codec<AnyMessage>;
    this.#connections = openConnectionPool(connectionOptions(options));
    this.#authorizer = new Authorizer(options.credential);
  }

  /**
   * Sends a call and resolves with the payload of its answer: for GET_TASKS what lies in `get_tasks`. Throws
   * CALL_REFUSED with the server's words, UNAUTHENTICATED, NOT_CONNECTED, CALL_FATE_UNKNOWN, ABORTED,
   * REDIRECT_LOOP, INVALID_MESSAGE; UNEXPECTED_ANSWER or MALFORMED_MESSAGE if it is no Mesos that answers.
   */
  async call<Type extends OperatorCallType<Target>>(
    call: OperatorCall<Target, Type> & { readonly type: Type },
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<OperatorAnswer<Target, Type>> {
    const body = this.#callCodec.encode(call);
    const answer = await this.#postToLeader(call.type, body, options.signal);
    if (answer.body.length === 0) return undefined as OperatorAnswer<Target, Type>;
    const response = this.#responseCodec.decode(answer.body) as Readonly<Record<string, unknown>>;
    const payload = response[call.type.toLowerCase()];
    if (payload === undefined)
      throw new MesosError(
        'UNEXPECTED_ANSWER',
        `${this.#url.href} answered ${call.type} with something else`,
        {
          callType: call.type,
          status: answer.status,
        },
      );
    return payload as OperatorAnswer<Target, Type>;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.#connections.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #postToLeader(callType: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<Answer> {
    for (let hop = 0; hop <= maximumRedirects; hop++) {
      const exchange = await this.#post(callType, body, signal).catch((error: unknown) => {
        // The leader may be gone for good: the next call asks anew who leads.
        this.#url = this.#home;
        throw error;
      });
      if (exchange.status === 200 || exchange.status === 202) return exchange;
      if (exchange.status !== 307) throw this.#refusal(callType, exchange);
      this.#url = resolveRedirect(exchange.location, this.#url, this.#options.rewriteAddress);
    }
    throw new MesosError('REDIRECT_LOOP', `${this.#options.url}: masters redirect without end`, { callType });
  }

  async #post(callType: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<Answer> {
    const type = this.#callCodec.contentType;
    try {
      const response = await sendAuthorized(this.#authorizer, callType, (authorization) =>
        this.#connections.request({
          origin: this.#url.origin,
          path: this.#url.pathname,
          method: 'POST',
          headers: { 'content-type': type, accept: type, 'accept-encoding': 'gzip', ...authorization },
          body,
          ...(signal && { signal }),
        }),
      );
      return await readAnswer(response);
    } catch (cause) {
      throw this.#failure(callType, cause, signal);
    }
  }

  #failure(callType: string, cause: unknown, signal: AbortSignal | undefined): MesosError {
    if (cause instanceof MesosError) return cause;
    const details = { callType, cause };
    if (signal?.aborted) return new MesosError('ABORTED', `${callType} was aborted`, details);
    const failure = `${this.#url.href}: ${describeFailure(cause)}`;
    return happenedWhileConnecting(cause)
      ? new MesosError('NOT_CONNECTED', `${callType} was not sent: ${failure}`, details)
      : new MesosError('CALL_FATE_UNKNOWN', `${callType} has no answer: ${failure}`, details);
  }

  #refusal(callType: string, exchange: Answer): MesosError {
    const answer = Buffer.from(exchange.body).toString();
    const words = answer === '' ? `status ${exchange.status}` : `${exchange.status} ${answer}`;
    return new MesosError('CALL_REFUSED', `${this.#url.href} answered ${callType} with ${words}`, {
      status: exchange.status,
      callType,
      answer,
    });
  }
}
