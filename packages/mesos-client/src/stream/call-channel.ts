import {
  type Connection,
  type ConnectionOptions,
  describeFailure,
  happenedWhileConnecting,
  openConnection,
  tlsSetting,
} from '../http/connection.ts';
import type { Authorizer } from '../http/credential.ts';
import { type Response, readWords, sendAuthorized } from '../http/post.ts';
import { MesosError } from '../mesos-error.ts';
import type { Refusal } from './event-stream.ts';
import { waitAtMost } from './wait-at-most.ts';

/** What a call channel is made from. */
export interface CallChannelOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly connection: ConnectionOptions;
  readonly authorizer: Authorizer;
  /** The error for an answer that is not a success. */
  readonly refused: (refusal: Refusal, callType: string) => MesosError;
  /** Told of every call that failed once it was sent, even where nobody waits for it any more. */
  readonly failed: (error: MesosError) => void;
}

/** A call that is to be sent. */
export interface OutgoingCall {
  readonly type: string;
  readonly body: Uint8Array;
  /** Goes before calls that still wait: for acknowledgements, whose order to other calls means nothing. */
  readonly isUrgent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly call: OutgoingCall;
  readonly sent: PromiseWithResolvers<void>;
}

/**
 * The one connection that carries all calls of a subscription, one at a time: Mesos keeps the order of calls per
 * connection only, and a LAUNCH overtaken by a RECONCILE would be answered as a task unknown.
 */
export class CallChannel {
  readonly #client: Connection;
  readonly #options: CallChannelOptions;
  readonly #urgent = new Set<Waiting>();
  readonly #others = new Set<Waiting>();
  /** Fires when the connection ends. */
  readonly #over = new AbortController();
  #isSending = false;
  #closedFor: MesosError | undefined;
  #idle = Promise.resolve();

  constructor(options: CallChannelOptions) {
    this.#options = options;
    this.#client = openConnection(options.url.origin, options.connection);
  }

  /**
   * Resolves once the server has taken the call. Throws what `refused` makes of an answer, NOT_CONNECTED,
   * CALL_FATE_UNKNOWN, UNAUTHENTICATED, ABORTED where the signal fired before the call was sent.
   */
  async post(call: OutgoingCall): Promise<void> {
    if (this.#closedFor) throw this.#closedFor;
    if (call.signal?.aborted) throw aborted(call);
    const waiting: Waiting = { call, sent: Promise.withResolvers<void>() };
    const queue = call.isUrgent ? this.#urgent : this.#others;
    queue.add(waiting);
    const abort = () => this.#abort(waiting, queue);
    call.signal?.addEventListener('abort', abort, { once: true });
    if (!this.#isSending) this.#idle = this.#sendAll();
    try {
      await waiting.sent.promise;
    } finally {
      call.signal?.removeEventListener('abort', abort);
    }
  }

  /** Waits until all calls given have their answers, but no longer than this, and not once the signal has fired. */
  async drain(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await waitAtMost(milliseconds, this.#idle, signal);
  }

  /**
   * Ends the connection. Calls that wait are not sent: they reject with this reason. The one that is on its way may
   * still have its answer within as many milliseconds, unless the signal fires.
   */
  async close(reason: MesosError, patience = 0, signal?: AbortSignal): Promise<void> {
    this.#closedFor ??= reason;
    for (const queue of [this.#urgent, this.#others]) {
      for (const { sent } of queue) sent.reject(reason);
      queue.clear();
    }
    if (patience > 0) await this.drain(patience, signal);
    this.#over.abort(this.#closedFor);
    await this.#client.destroy();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#next(); next; next = this.#next()) {
      const { call, sent } = next;
      await this.#send(call).then(sent.resolve, (error: unknown) => {
        sent.reject(error);
        if (error instanceof MesosError) this.#failed(error);
      });
    }
    this.#isSending = false;
  }

  #failed(error: MesosError): void {
    // On another connection later calls could overtake one that is still on its way.
    if (error.code === 'CALL_FATE_UNKNOWN')
      void this.close(notSent('the fate of the one before it is unknown'));
    if (error.code === 'NOT_CONNECTED') void this.close(notSent('its connection could not be made'));
    this.#options.failed(error);
  }

  #next(): Waiting | undefined {
    const queue = this.#urgent.size > 0 ? this.#urgent : this.#others;
    const [next] = queue;
    if (next) queue.delete(next);
    return next;
  }

  #abort(waiting: Waiting, queue: Set<Waiting>): void {
    // What is on its way is left alone: breaking it off would break the connection that the other calls need.
    const error = queue.delete(waiting)
      ? aborted(waiting.call)
      : fateUnknown(waiting.call, 'aborted while it was sent');
    waiting.sent.reject(error);
  }

  async #send(call: OutgoingCall): Promise<void> {
    const response = await this.#request(call);
    const { statusCode: status } = response;
    const text = await readWords(response);
    if (status !== 200 && status !== 202) throw this.#options.refused({ status, text }, call.type);
  }

  async #request({ type, body }: OutgoingCall): Promise<Response> {
    const { url, headers, authorizer } = this.#options;
    try {
      const send = (authorization: Readonly<Record<string, string>>) =>
        this.#client.request({
          method: 'POST',
          path: url.pathname,
          headers: { ...headers, ...authorization },
          body,
        });
      return await sendAuthorized(authorizer, type, send, this.#over.signal);
    } catch (cause) {
      if (cause instanceof MesosError) throw cause;
      throw this.#closedFor && happenedWhileConnecting(cause) ? this.#closedFor : this.#failure(type, cause);
    }
  }

  #failure(type: string, cause: unknown): MesosError {
    const failure = `${this.#options.url.origin}: ${describeFailure(cause)}`;
    if (!happenedWhileConnecting(cause)) return fateUnknown({ type }, failure, cause);
    const setting = tlsSetting(cause);
    return new MesosError('NOT_CONNECTED', `${type} was not sent: ${failure}`, {
      callType: type,
      cause,
      ...(setting !== undefined && { setting }),
    });
  }
}

function notSent(why: string): MesosError {
  return new MesosError('SESSION_LOST', `the call was not sent: ${why}`);
}

function aborted({ type, signal }: OutgoingCall): MesosError {
  return new MesosError('ABORTED', `${type} was aborted before it was sent`, {
    callType: type,
    cause: signal?.reason,
  });
}

function fateUnknown({ type }: Pick<OutgoingCall, 'type'>, why: string, cause?: unknown): MesosError {
  return new MesosError('CALL_FATE_UNKNOWN', `${type} may have arrived or not: ${why}`, {
    callType: type,
    ...(cause !== undefined && { cause }),
  });
}
