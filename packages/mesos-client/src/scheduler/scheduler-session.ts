import { setTimeout as sleep } from 'node:timers/promises';
import { connectionOptions } from '../client-options.ts';
import { createCodec } from '../codec/codec.ts';
import { knownEvent } from '../codec/known-event.ts';
import type { FrameworkInfo, MasterInfo, OperationStatus, TaskStatus } from '../gen/mesos.ts';
import type { Event } from '../gen/scheduler.ts';
import { Authorizer } from '../http/credential.ts';
import { linkAbort } from '../linked-abort.ts';
import { longestTimer } from '../longest-timer.ts';
import { MesosError } from '../mesos-error.ts';
import { backoff, maximumMilliseconds } from '../stream/backoff.ts';
import { Conversation } from '../stream/conversation.ts';
import { EventQueue } from '../stream/event-queue.ts';
import { callError, errorOfEvent, isFinal, subscribeError } from './answers.ts';
import { placeEvent } from './event-placement.ts';
import { acknowledgementOf, completeCall, subscribeCall } from './framework-calls.ts';
import { MasterSearch } from './master-search.ts';
import type { SchedulerCall, SessionEvent, SessionListener } from './scheduler-messages.ts';
import { type ResolvedOptions, resolveOptions, type SchedulerSessionOptions } from './session-options.ts';

/** Mesos's own default, used until SUBSCRIBED tells the master's. */
const defaultHeartbeatSeconds = 15;

/** How long `close` waits for answers to calls: a master that lives answers within milliseconds. */
const drainMilliseconds = 1000;

const closedError = (): MesosError => new MesosError('SESSION_CLOSED', 'the session was closed');

/**
 * A framework's conversation with the leading master. It subscribes, keeps the connection under watch,
 * subscribes again by itself whenever that can help, and sends calls in the order they are given.
 */
export class SchedulerSession {
  readonly #options: ResolvedOptions;
  readonly #search: MasterSearch;
  readonly #authorizer: Authorizer;
  readonly #events: EventQueue<SessionEvent>;
  readonly #callCodec;
  readonly #eventCodec;
  readonly #stop = new AbortController();
  readonly #started = Promise.withResolvers<Event.Subscribed>();
  #framework: FrameworkInfo;
  /** What SUBSCRIBE says besides. */
  #more: SchedulerSessionOptions['subscribe'];
  #listener: SessionListener = () => {};
  #isStarted = false;
  #hasSubscribed = false;
  /** On the clock of `performance.now()`. */
  #subscribedAt = 0;
  #connected: Conversation<Event> | undefined;
  #master: MasterInfo | undefined;
  #teardown: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #finished: Promise<void> = Promise.resolve();

  /** Connects nowhere yet. Throws INVALID_MASTER_URL. */
  constructor(options: SchedulerSessionOptions) {
    this.#options = resolveOptions(options);
    this.#search = new MasterSearch(options.master, options);
    this.#authorizer = new Authorizer(options.credential);
    this.#events = new EventQueue({
      listener: (event) => this.#listener(event),
      place: placeEvent,
      maximumBytes: this.#options.maximumWaitingBytes,
    });
    this.#framework = options.framework;
    this.#more = options.subscribe;
    this.#callCodec = createCodec(this.#options.contentType, 'mesos.v1.scheduler.Call');
    this.#eventCodec = createCodec(this.#options.contentType, 'mesos.v1.scheduler.Event');
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
    return this.#search.leader?.origin;
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
    const abort = () => {
      this.#end(new MesosError('ABORTED', 'the session was aborted', { cause: signal?.reason }));
      this.#events.clear();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const patience = Math.min(this.#options.connectTimeout, longestTimer);
    const timer = setTimeout(
      () => this.#end(this.#search.unreachable(this.#options.connectTimeout / 1000)),
      patience,
    );
    this.#finished = this.#run().finally(async () => {
      signal?.removeEventListener('abort', abort);
      await this.#search.close();
    });
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
   * order of `send`, only acknowledgements go before calls that still wait. After TEARDOWN the session is closed.
   * A call is never sent twice: where the connection broke, CALL_FATE_UNKNOWN leaves it to the caller to find out.
   * Also throws NOT_CONNECTED, SESSION_LOST, CALL_REFUSED, INVALID_MESSAGE, SESSION_CLOSED, and ABORTED where the
   * signal fired before the call was on its way.
   */
  async send(call: SchedulerCall, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (call.type !== 'TEARDOWN') return this.#post(call, options.signal);
    this.#teardown = this.#post(call, options.signal);
    try {
      await this.#teardown;
    } finally {
      this.#teardown = undefined;
    }
    await this.close();
  }

  /**
   * Acknowledges an update, or the status of an operation, so that it is not sent again: to be called once it is
   * stored durably. Those without a `uuid` come from the master itself and ask for no acknowledgement: nothing is
   * sent then, and the result is false. Throws what {@link send} throws.
   */
  async acknowledge(status: TaskStatus | OperationStatus): Promise<boolean> {
    const call = acknowledgementOf(status);
    if (!call) return false;
    await this.send(call);
    return true;
  }

  /**
   * Ends the connection once calls given before have their answers; tasks run on. When it resolves, no event
   * comes any more and no socket and no timer is left.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#connected?.drain(drainMilliseconds);
    this.#end(closedError());
    this.#events.clear();
    await this.#finished;
  }

  #end(reason: MesosError): void {
    this.#stop.abort(reason);
    this.#started.reject(reason);
    // Rejected without `start` having been called, nobody waits for it.
    this.#started.promise.catch(() => {});
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const { reason, wasSubscribed } = await this.#subscribeOnce();
      if ((await this.#isTornDown()) || this.#closing || this.#stop.signal.aborted) return;
      if (isFinal(reason, this.#hasSubscribed)) return this.#fail(reason);
      if (wasSubscribed) this.#events.push({ type: 'DISCONNECTED', reason });
      // A stream that breaks as soon as it has begun is a failure too, or the master would be asked without pause.
      if (wasSubscribed && performance.now() - this.#subscribedAt > maximumMilliseconds) failures = 0;
      const milliseconds = backoff(failures++, Math.random());
      if (!wasSubscribed) this.#events.push({ type: 'RETRYING', reason, milliseconds });
      await this.#pause(milliseconds);
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
    if (this.#hasSubscribed) this.#events.push({ type: 'FAILED', error });
  }

  /** Tries every master that may lead; returns once the first stream has ended, or all failed. */
  async #subscribeOnce(): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    let reason = new MesosError('CONNECTION_LOST', 'no master was tried');
    const masters = await this.#search.masters(this.#stop.signal).catch((error: unknown) => {
      reason = MesosError.from(error);
      return [];
    });
    for (const master of masters) {
      if (this.#stop.signal.aborted) break;
      try {
        return await this.#converse(master);
      } catch (error) {
        reason = MesosError.from(error);
        this.#search.refused(master, reason);
        if (isFinal(reason, this.#hasSubscribed)) break;
      }
    }
    return { reason, wasSubscribed: false };
  }

  async #converse(master: URL): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    const attempt = linkAbort(this.#stop.signal);
    let at = master;
    const forget = this.#search.onOtherLeader(
      () => at,
      (leader) =>
        attempt.abort(
          new MesosError('CONNECTION_LOST', `${leader.origin} leads now instead of ${at.origin}`),
        ),
    );
    try {
      const conversation = await this.#subscribe(master, attempt.signal);
      at = conversation.url;
      const end = () => conversation.end(attempt.signal.reason);
      if (attempt.signal.aborted) end();
      attempt.signal.addEventListener('abort', end, { once: true });
      return await this.#listen(conversation);
    } catch (error) {
      throw attempt.signal.aborted ? attempt.signal.reason : error;
    } finally {
      forget();
      attempt.release();
    }
  }

  async #listen(conversation: Conversation<Event>): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    try {
      const reason = await conversation.run();
      return { reason, wasSubscribed: this.#connected !== undefined };
    } finally {
      this.#connected = undefined;
      // A refusal that is on its way tells more than a connection that was closed; and the answer to a TEARDOWN comes
      // after the end of the stream: that call ends by its own time limit.
      await conversation.close(this.#teardown ? longestTimer : drainMilliseconds, this.#stop.signal);
    }
  }

  async #subscribe(master: URL, signal: AbortSignal): Promise<Conversation<Event>> {
    const conversation = await Conversation.open<Event>({
      endpoint: new URL('/api/v1/scheduler', master),
      contentType: this.#callCodec.contentType,
      subscribe: this.#callCodec.encode(subscribeCall(this.#framework, this.#more)),
      connection: connectionOptions(this.#options),
      authorizer: this.#authorizer,
      signal,
      rewrite: this.#options.rewriteAddress,
      subscribeError,
      callError,
      decode: (record) => this.#eventCodec.decode(record),
      maximumRecordBytes: this.#options.maximumRecordBytes,
      allowedSilence: this.#allowedSilence(defaultHeartbeatSeconds),
      onEvent: (event, bytes, from) => this.#take(event, bytes, from),
      room: () => this.#events.room(),
    });
    if (conversation.streamId !== undefined) return conversation;
    await conversation.close();
    const { origin } = conversation.url;
    throw new MesosError('UNEXPECTED_ANSWER', `${origin} answers, but not as a Mesos master does`, {
      status: 200,
    });
  }

  #allowedSilence(heartbeatSeconds: number): number {
    return heartbeatSeconds * 1000 * this.#options.missedHeartbeats;
  }

  #take(event: Event, bytes: number, from: Conversation<Event>): void {
    const known = knownEvent(event, 'the master');
    if (!known) return;
    if (known.type === 'ERROR') {
      from.end(errorOfEvent(known.error.message));
      return;
    }
    if (known.type === 'SUBSCRIBED') this.#subscribed(known.subscribed, from);
    this.#events.push(known, bytes);
    if (known.type === 'SUBSCRIBED') this.#started.resolve(known.subscribed);
  }

  #subscribed(subscribed: Event.Subscribed, from: Conversation<Event>): void {
    from.allowSilence(this.#allowedSilence(subscribed.heartbeat_interval_seconds ?? defaultHeartbeatSeconds));
    this.#connected = from;
    this.#search.subscribed(from.url);
    this.#master = subscribed.master_info;
    this.#hasSubscribed = true;
    this.#subscribedAt = performance.now();
    this.#framework = { ...this.#framework, id: subscribed.framework_id };
  }

  async #post(call: SchedulerCall, signal: AbortSignal | undefined): Promise<void> {
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    if (this.#closing) throw closedError();
    const connected = this.#connected;
    if (!connected)
      throw new MesosError('NOT_CONNECTED', `${call.type} was not sent: there is no subscription now`, {
        callType: call.type,
      });
    const message = completeCall(call, this.#framework.id);
    const body = this.#callCodec.encode(message);
    const isUrgent = call.type === 'ACKNOWLEDGE' || call.type === 'ACKNOWLEDGE_OPERATION_STATUS';
    await connected.post({ type: call.type, body, isUrgent, signal });
    if (message.update_framework)
      ({ framework_info: this.#framework, ...this.#more } = message.update_framework);
  }
}
