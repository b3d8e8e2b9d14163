import { setTimeout as sleep } from 'node:timers/promises';
import { createCodec, type WireFormat } from '../codec/codec.ts';
import type { FrameworkInfo, MasterInfo } from '../gen/mesos.ts';
import type { Call, Event } from '../gen/scheduler.ts';
import { authorizationHeader, type Credential } from '../http/credential.ts';
import { parseMasterList } from '../http/master-list.ts';
import { MesosError } from '../mesos-error.ts';
import { defaultMaximumRecordBytes } from '../recordio/record-decoder.ts';
import { isFinal } from './answers.ts';
import { backoff } from './backoff.ts';
import { CallChannel } from './call-channel.ts';
import { openEventStream } from './event-stream.ts';
import type { SchedulerCall, SchedulerEvent, SessionEvent, SessionListener } from './scheduler-messages.ts';
import { defaultMissedHeartbeats, Subscription } from './subscription.ts';

/** What a session is made from. */
export interface SchedulerSessionOptions {
  /** `host:5050`, `http://host:5050` or several as in `https://a:5050,b:5050`; redirects to the leader are followed. */
  readonly master: string;
  /** Who subscribes. With an `id`, the framework of that id is taken over. */
  readonly framework: FrameworkInfo;
  /** More of SUBSCRIBE, sent each time: `suppressed_roles`, `offer_constraints`. */
  readonly subscribe?: Omit<Call.Subscribe, 'framework_info'>;
  /** `protobuf` unless told otherwise. */
  readonly contentType?: WireFormat;
  readonly credential?: Credential;
  /** Milliseconds that {@link SchedulerSession.start} may take; 30 000 unless told otherwise. */
  readonly connectTimeout?: number;
  /** Milliseconds that a master may take to accept a connection or to answer a call; 30 000 unless told otherwise. */
  readonly callTimeout?: number;
  /** After as many heartbeats that did not come the connection counts as lost; 5 unless told otherwise. */
  readonly missedHeartbeats?: number;
  /** Bytes of the largest event taken; 256 MiB unless told otherwise. */
  readonly maximumRecordBytes?: number;
}

const defaultConnectTimeout = 30_000;
const defaultCallTimeout = 30_000;

interface Connected {
  readonly subscription: Subscription;
  readonly calls: CallChannel;
}

function tell(listener: SessionListener, event: SessionEvent): void {
  try {
    listener(event);
  } catch (error) {
    // Not ours to handle, and no reason to lose the session: it surfaces as an uncaught exception.
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * A framework's conversation with the leading master. It subscribes, keeps the connection under watch,
 * subscribes again by itself whenever that can help, and sends calls in the order they are given.
 */
export class SchedulerSession {
  readonly #options: SchedulerSessionOptions;
  readonly #masters: readonly URL[];
  readonly #format: WireFormat;
  readonly #callCodec;
  readonly #eventCodec;
  readonly #stop = new AbortController();
  readonly #started = Promise.withResolvers<Event.Subscribed>();
  /** Why each address could not be used, since the last subscription. */
  readonly #refusals = new Map<string, string>();
  #framework: FrameworkInfo;
  #listener: SessionListener = () => {};
  #isStarted = false;
  #hasSubscribed = false;
  #connected: Connected | undefined;
  #leader: URL | undefined;
  #master: MasterInfo | undefined;
  #teardown: Promise<void> | undefined;
  #finished: Promise<void> = Promise.resolve();

  /** Connects nowhere yet. Throws INVALID_MASTER_URL or UNSUPPORTED_MASTER_URL. */
  constructor(options: SchedulerSessionOptions) {
    this.#options = options;
    this.#masters = parseMasterList(options.master);
    this.#framework = options.framework;
    this.#format = options.contentType ?? 'protobuf';
    this.#callCodec = createCodec(this.#format, 'mesos.v1.scheduler.Call');
    this.#eventCodec = createCodec(this.#format, 'mesos.v1.scheduler.Event');
  }

  /** The id that the master gave or confirmed; undefined before the first SUBSCRIBED unless one was given. */
  get frameworkId(): string | undefined {
    return this.#framework.id?.value;
  }

  /** The leading master, as it described itself in the last SUBSCRIBED. */
  get master(): MasterInfo | undefined {
    return this.#master;
  }

  /** The address under which the leading master was reached last, such as `http://10.0.0.1:5050`. */
  get masterUrl(): string | undefined {
    return this.#leader?.origin;
  }

  /** Whether calls can be sent now. */
  get isConnected(): boolean {
    return this.#connected !== undefined;
  }

  /**
   * Subscribes; resolves with the first SUBSCRIBED, which the listener is told as well. Rejects with
   * MASTER_UNREACHABLE if no master took the subscription in time (every address is named with its reason),
   * or with what makes trying again pointless; the session is closed then. The signal closes the session.
   */
  async start(
    listener: SessionListener,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Event.Subscribed> {
    if (this.#isStarted) throw new MesosError('SESSION_CLOSED', 'a session can be started only once');
    this.#isStarted = true;
    this.#listener = listener;
    const { signal } = options;
    const abort = () =>
      this.#end(new MesosError('ABORTED', 'the session was aborted', { cause: signal?.reason }));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => this.#end(this.#unreachable()), this.#connectTimeout);
    this.#finished = this.#run().finally(() => signal?.removeEventListener('abort', abort));
    try {
      return await this.#started.promise;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends a call; resolves once the master has taken it, which says nothing of its effect. Calls arrive in the
   * order of `send`. After TEARDOWN the session is closed. A call is never sent twice: where the connection
   * broke, CALL_FATE_UNKNOWN leaves it to the caller to find out. Also throws NOT_CONNECTED, SESSION_LOST,
   * CALL_REFUSED, INVALID_MESSAGE, SESSION_CLOSED.
   */
  async send(call: SchedulerCall): Promise<void> {
    if (call.type !== 'TEARDOWN') return this.#post(call);
    this.#teardown = this.#post(call);
    try {
      await this.#teardown;
    } finally {
      this.#teardown = undefined;
    }
    await this.close();
  }

  /** Ends the connection; tasks run on. No socket and no timer is left when it resolves. */
  async close(): Promise<void> {
    this.#end(new MesosError('SESSION_CLOSED', 'the session was closed'));
    await this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #connectTimeout(): number {
    return this.#options.connectTimeout ?? defaultConnectTimeout;
  }

  #end(reason: MesosError): void {
    this.#stop.abort(reason);
    this.#connected?.subscription.end(reason);
    this.#started.reject(reason);
    // Rejected without `start` having been called, nobody waits for it.
    this.#started.promise.catch(() => {});
  }

  #unreachable(): MesosError {
    const reasons = [...this.#refusals].map(([address, reason]) => `${address} (${reason})`);
    const tried = reasons.length > 0 ? reasons : this.#masters.map((url) => `${url.origin} (no answer yet)`);
    return new MesosError(
      'MASTER_UNREACHABLE',
      `no Mesos master within ${this.#connectTimeout / 1000} s; tried ${tried.join(', ')}`,
    );
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const { reason, wasSubscribed } = await this.#subscribeOnce();
      if (await this.#isTornDown()) return;
      if (this.#stop.signal.aborted) return;
      if (isFinal(reason)) return this.#fail(reason);
      if (wasSubscribed) tell(this.#listener, { type: 'DISCONNECTED', reason });
      failures = wasSubscribed ? 0 : failures + 1;
      await this.#pause(backoff(failures, Math.random()));
    }
  }

  async #isTornDown(): Promise<boolean> {
    if (!this.#teardown) return false;
    // The stream ends before the answer to TEARDOWN is read; only that answer tells whether it was done.
    return this.#teardown.then(
      () => true,
      () => false,
    );
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  #fail(error: MesosError): void {
    this.#end(error);
    // Before that, `start` rejects.
    if (this.#hasSubscribed) tell(this.#listener, { type: 'FAILED', error });
  }

  /** Tries the last known leader, then every address; returns once the first stream has ended, or all failed. */
  async #subscribeOnce(): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    let reason = new MesosError('CONNECTION_LOST', 'no master was tried');
    for (const master of this.#candidates()) {
      if (this.#stop.signal.aborted) break;
      try {
        return await this.#converse(master);
      } catch (error) {
        reason = error instanceof MesosError ? error : new MesosError('CONNECTION_LOST', String(error));
        this.#refusals.set(master.origin, reason.message.replace(/^\[\w+\] /, ''));
        if (isFinal(reason)) break;
      }
    }
    return { reason, wasSubscribed: false };
  }

  #candidates(): readonly URL[] {
    const others = this.#masters.filter((url) => url.origin !== this.#leader?.origin);
    return this.#leader ? [this.#leader, ...others] : others;
  }

  async #converse(master: URL): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    const stream = await openEventStream(master, {
      headers: this.#headers,
      body: this.#subscribeCall(),
      timeout: this.#options.callTimeout ?? defaultCallTimeout,
      signal: this.#stop.signal,
    });
    const calls = new CallChannel({
      url: stream.url,
      headers: { ...this.#headers, 'mesos-stream-id': stream.streamId },
      timeout: this.#options.callTimeout ?? defaultCallTimeout,
    });
    const subscription = new Subscription(stream, {
      codec: this.#eventCodec,
      maximumRecordBytes: this.#options.maximumRecordBytes ?? defaultMaximumRecordBytes,
      missedHeartbeats: this.#options.missedHeartbeats ?? defaultMissedHeartbeats,
      onEvent: (event) => this.#take(event, { subscription, calls }),
    });
    try {
      const reason = await subscription.run();
      return { reason, wasSubscribed: this.#connected !== undefined };
    } finally {
      this.#connected = undefined;
      // Let a TEARDOWN that is under way have its answer, which comes after the end of the stream.
      await this.#isTornDown();
      await calls.close();
    }
  }

  #take(event: SchedulerEvent, connected: Connected): void {
    if (event.type === 'ERROR') return;
    if (event.type === 'SUBSCRIBED') this.#subscribed(event.subscribed, connected);
    tell(this.#listener, event);
    if (event.type === 'SUBSCRIBED') this.#started.resolve(event.subscribed);
  }

  #subscribed(subscribed: Event.Subscribed, connected: Connected): void {
    this.#connected = connected;
    this.#leader = connected.subscription.stream.url;
    this.#refusals.clear();
    this.#master = subscribed.master_info;
    this.#hasSubscribed = true;
    this.#framework = { ...this.#framework, id: subscribed.framework_id };
  }

  get #headers(): Readonly<Record<string, string>> {
    const type = this.#callCodec.contentType;
    return { 'content-type': type, accept: type, ...authorizationHeader(this.#options.credential) };
  }

  #subscribeCall(): Uint8Array {
    const { id } = this.#framework;
    return this.#callCodec.encode({
      type: 'SUBSCRIBE',
      ...(id && { framework_id: id }),
      subscribe: { ...this.#options.subscribe, framework_info: this.#framework },
    });
  }

  async #post(call: SchedulerCall): Promise<void> {
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    const connected = this.#connected;
    if (!connected)
      throw new MesosError('NOT_CONNECTED', `${call.type} was not sent: there is no subscription now`, {
        callType: call.type,
      });
    const message = this.#complete(call);
    try {
      await connected.calls.post(call.type, this.#callCodec.encode(message));
    } catch (error) {
      throw this.#callFailure(error, connected);
    }
    if (message.update_framework) this.#framework = message.update_framework.framework_info;
  }

  #complete(call: SchedulerCall): Call {
    const id = this.#framework.id;
    const message: Call = { ...call, ...(id && { framework_id: id }) };
    const update = message.update_framework;
    if (!update || !id) return message;
    return { ...message, update_framework: { ...update, framework_info: { ...update.framework_info, id } } };
  }

  #callFailure(error: unknown, connected: Connected): unknown {
    if (error instanceof MesosError && error.code === 'SESSION_LOST') connected.subscription.end(error);
    return error;
  }
}
