import { setTimeout as sleep } from 'node:timers/promises';
import { connectionOptions } from '../client-options.ts';
import { createCodec } from '../codec/codec.ts';
import { knownEvent } from '../codec/known-event.ts';
import type { Call, Event } from '../gen/executor.ts';
import { Authorizer } from '../http/credential.ts';
import { MesosError } from '../mesos-error.ts';
import { Conversation } from '../stream/conversation.ts';
import { EventQueue } from '../stream/event-queue.ts';
import { callError, errorOfEvent, isFinal, subscribeError } from './answers.ts';
import { Deliveries } from './deliveries.ts';
import { callEncoder, completeUpdate } from './executor-calls.ts';
import type {
  ExecutorSessionEvent,
  ExecutorSessionListener,
  ExecutorTaskStatus,
} from './executor-messages.ts';
import { Outbox } from './outbox.ts';
import { pauseBeforeRetry, recoveryTimedOut } from './recovery.ts';
import { type ExecutorSessionOptions, type ResolvedOptions, resolveOptions } from './session-options.ts';
import { beginAttempt, type SubscriptionAttempt } from './subscription-attempt.ts';

/** How long `close` waits for answers to calls: an agent that lives answers within milliseconds. */
const drainMilliseconds = 1000;

/** As often as agents send theirs, so that nothing in between takes the connection for calls for dead. */
const heartbeatMilliseconds = 30 * 60 * 1000;

/** A subscription that is in force. */
interface Connected {
  readonly outbox: Outbox;
  readonly heartbeats: NodeJS.Timeout;
}

/**
 * An executor's conversation with its agent. It subscribes, subscribes again where the framework checkpoints and the
 * agent was started again, and sees to it that each update of a task arrives, once and in order.
 */
export class ExecutorSession {
  readonly #options: ResolvedOptions;
  readonly #authorizer: Authorizer;
  readonly #events: EventQueue<ExecutorSessionEvent>;
  readonly #callCodec;
  readonly #encode;
  readonly #eventCodec;
  readonly #stop = new AbortController();
  readonly #started = Promise.withResolvers<Event.Subscribed>();
  readonly #deliveries = new Deliveries();
  #listener: ExecutorSessionListener = () => {};
  #isStarted = false;
  #hasSubscribed = false;
  #connected: Connected | undefined;
  #closing: Promise<void> | undefined;
  #finished: Promise<void> = Promise.resolve();

  /** Connects nowhere yet. */
  constructor(options: ExecutorSessionOptions) {
    this.#options = resolveOptions(options);
    this.#authorizer = new Authorizer(options.credential);
    this.#events = new EventQueue({
      listener: (event) => this.#listener(event),
      place: (event) => (event.type === 'HEARTBEAT' ? 'dropped' : 'first'),
      maximumBytes: this.#options.maximumWaitingBytes,
    });
    this.#callCodec = createCodec(this.#options.contentType, 'mesos.v1.executor.Call');
    this.#encode = callEncoder(this.#callCodec, this.#options);
    this.#eventCodec = createCodec(this.#options.contentType, 'mesos.v1.executor.Event');
  }

  /** Whether there is a subscription now. */
  get isConnected(): boolean {
    return this.#connected !== undefined;
  }

  /**
   * Subscribes; resolves with the first SUBSCRIBED, which the listener is told as well. Rejects with EXECUTOR_REFUSED,
   * UNAUTHENTICATED or TLS_REFUSED where trying again cannot help, with RECOVERY_TIMED_OUT where no agent answered;
   * the session is closed then. The signal closes the session.
   */
  async start(
    listener: ExecutorSessionListener,
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
    this.#finished = this.#run().finally(() => signal?.removeEventListener('abort', abort));
    try {
      return await this.#started.promise;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Tells what has become of a task; resolves once the agent has taken it. While there is no connection the update
   * waits, and goes along with the next SUBSCRIBE: to call this once is enough. Updates arrive in the order in which
   * they are given. Rejects with INVALID_MESSAGE where the update cannot be sent, as that of a task which is not there
   * or has ended; with CALL_REFUSED where the agent will not take it; and when the session ends before, with why, which
   * need not be handled.
   */
  update(status: ExecutorTaskStatus): Promise<void> {
    try {
      this.#throwIfOver();
      const update = completeUpdate(status, this.#options.executorId);
      const body = this.#encode({ type: 'UPDATE', update });
      const taken = this.#deliveries.add(update);
      void this.#deliver(update, body);
      return taken;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Waits until the agent has acknowledged every update given so far and meanwhile: then it keeps them, and the
   * process may end. Throws ABORTED where the signal fires, and why the session ended where it did.
   */
  async acknowledged(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#deliveries.updates.length === 0) return;
    this.#throwIfOver();
    await this.#deliveries.untilNothingLeft(options.signal);
  }

  /**
   * Sends bytes to the scheduler; resolves once the agent has taken them, which says nothing of their arrival. Mesos
   * does not send messages again. Throws NOT_CONNECTED, SESSION_LOST and CALL_FATE_UNKNOWN where the agent is away or
   * goes meanwhile, after which the session goes on, CALL_REFUSED, SESSION_CLOSED.
   */
  async message(data: Uint8Array): Promise<void> {
    this.#throwIfOver();
    if (!this.#connected)
      throw new MesosError('NOT_CONNECTED', 'MESSAGE was not sent: there is no subscription now', {
        callType: 'MESSAGE',
      });
    const body = this.#encode({ type: 'MESSAGE', message: { data } });
    await this.#connected.outbox.send({ type: 'MESSAGE', body });
  }

  /**
   * Ends the connection once calls given before have their answers. When it resolves, no event comes any more and
   * no socket and no timer is left. Updates that are not acknowledged by then may be lost: see `acknowledged`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#connected?.outbox.drain(drainMilliseconds);
    this.#end(new MesosError('SESSION_CLOSED', 'the session was closed'));
    this.#events.clear();
    await this.#finished;
  }

  #end(reason: MesosError): void {
    this.#stop.abort(reason);
    this.#deliveries.fail(reason);
    this.#started.reject(reason);
    // Rejected without `start` having been called, nobody waits for it.
    this.#started.promise.catch(() => {});
  }

  #throwIfOver(): void {
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    if (this.#closing) throw new MesosError('SESSION_CLOSED', 'the session was closed');
  }

  async #run(): Promise<void> {
    const { recoveryTimeout } = this.#options;
    let deadline: number | undefined;
    while (!this.#stop.signal.aborted) {
      const { reason, wasSubscribed } = await this.#converse(deadline);
      if (this.#stop.signal.aborted) return;
      if (isFinal(reason)) return this.#fail(reason);
      if (wasSubscribed || deadline === undefined) deadline = performance.now() + recoveryTimeout;
      const pause = pauseBeforeRetry(this.#options.maximumBackoff, Math.random());
      const milliseconds = Math.max(0, Math.min(pause, deadline - performance.now()));
      this.#tellOfTrouble(reason, milliseconds, wasSubscribed);
      await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => {});
      if (this.#stop.signal.aborted) return;
      if (performance.now() >= deadline) return this.#fail(recoveryTimedOut(recoveryTimeout, reason));
    }
  }

  #tellOfTrouble(reason: MesosError, milliseconds: number, wasSubscribed: boolean): void {
    if (this.#options.recoveryTimeout === 0) return;
    if (wasSubscribed) this.#events.push({ type: 'DISCONNECTED', reason });
    else this.#events.push({ type: 'RETRYING', reason, milliseconds });
  }

  #fail(error: MesosError): void {
    this.#end(error);
    // Before that, `start` rejects.
    if (this.#hasSubscribed) this.#events.push({ type: 'FAILED', error });
  }

  /** Subscribes and hands on events until the stream ends, or tells why there is none. */
  async #converse(deadline: number | undefined): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    const attempt = beginAttempt(this.#stop.signal, deadline && deadline - performance.now());
    try {
      const conversation = await this.#subscribe(attempt);
      const end = () => conversation.end(MesosError.from(attempt.signal.reason));
      if (attempt.signal.aborted) end();
      attempt.signal.addEventListener('abort', end, { once: true });
      return await this.#listen(conversation);
    } catch (error) {
      return { reason: MesosError.from(error), wasSubscribed: false };
    } finally {
      attempt.release();
    }
  }

  async #listen(conversation: Conversation<Event>): Promise<{ reason: MesosError; wasSubscribed: boolean }> {
    const reason = await conversation.run();
    const wasSubscribed = this.#connected !== undefined;
    clearInterval(this.#connected?.heartbeats);
    this.#connected = undefined;
    await conversation.close();
    return { reason, wasSubscribed };
  }

  #subscribe({ signal, succeeded }: SubscriptionAttempt): Promise<Conversation<Event>> {
    const replayed = new Set(this.#deliveries.updates);
    return Conversation.open<Event>({
      endpoint: this.#options.endpoint,
      contentType: this.#callCodec.contentType,
      subscribe: this.#encode({ type: 'SUBSCRIBE', subscribe: this.#deliveries.subscribePayload() }),
      connection: { ...connectionOptions(this.#options), socketPath: this.#options.socketPath },
      authorizer: this.#authorizer,
      signal,
      subscribeError,
      callError,
      decode: (record) => this.#eventCodec.decode(record),
      maximumRecordBytes: this.#options.maximumRecordBytes,
      // Heartbeats are half an hour apart, and those of agents before 1.10 do not come at all.
      allowedSilence: undefined,
      onEvent: (event, bytes, from) => {
        if (event.type === 'SUBSCRIBED') succeeded();
        this.#take(event, bytes, from, replayed);
      },
      room: () => this.#events.room(),
    });
  }

  #take(event: Event, bytes: number, from: Conversation<Event>, replayed: ReadonlySet<Call.Update>): void {
    const known = knownEvent(event, 'the agent');
    if (!known) return;
    if (known.type === 'ERROR') {
      from.end(errorOfEvent(known.error.message));
      return;
    }
    if (known.type === 'SUBSCRIBED') this.#subscribed(from, replayed);
    if (known.type === 'LAUNCH') this.#deliveries.launched([known.launch.task]);
    if (known.type === 'LAUNCH_GROUP') this.#deliveries.launched(known.launch_group.task_group.tasks ?? []);
    if (known.type === 'ACKNOWLEDGED') this.#deliveries.acknowledged(known.acknowledged);
    this.#events.push(known, bytes);
    if (known.type === 'SUBSCRIBED') this.#started.resolve(known.subscribed);
  }

  #subscribed(conversation: Conversation<Event>, replayed: ReadonlySet<Call.Update>): void {
    // Told twice, it is still the same subscription.
    if (this.#connected) return;
    const outbox = new Outbox(conversation);
    const heartbeats = setInterval(() => this.#sendHeartbeat(), heartbeatMilliseconds);
    this.#connected = { outbox, heartbeats };
    this.#hasSubscribed = true;
    for (const update of this.#deliveries.updates) {
      if (replayed.has(update)) this.#deliveries.taken(update);
      // Given after SUBSCRIBE was sent.
      else void this.#deliver(update, this.#encode({ type: 'UPDATE', update }));
    }
  }

  /** Failures are told by the subscription, which ends then; older agents refuse heartbeats and do without. */
  #sendHeartbeat(): void {
    const body = this.#encode({ type: 'HEARTBEAT' });
    this.#connected?.outbox.send({ type: 'HEARTBEAT', body }).catch(() => {});
  }

  async #deliver(update: Call.Update, body: Uint8Array): Promise<void> {
    const outbox = this.#connected?.outbox;
    if (!outbox) return;
    try {
      await outbox.send({ type: 'UPDATE', body });
      this.#deliveries.taken(update);
    } catch (error) {
      // Anything else has ended the subscription: the next SUBSCRIBE carries the update.
      if (error instanceof MesosError && error.code === 'CALL_REFUSED')
        this.#deliveries.refused(update, error);
    }
  }
}
