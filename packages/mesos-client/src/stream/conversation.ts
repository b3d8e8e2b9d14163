import type { ConnectionOptions } from '../http/connection.ts';
import type { Authorizer } from '../http/credential.ts';
import type { AddressRewrite } from '../leader/master-detector.ts';
import { MesosError } from '../mesos-error.ts';
import { CallChannel, type OutgoingCall } from './call-channel.ts';
import { type EventStream, openEventStream, type Refusal } from './event-stream.ts';
import { Subscription } from './subscription.ts';

/** What a conversation is made from. */
export interface ConversationOptions<Event> {
  readonly endpoint: URL;
  readonly contentType: string;
  /** The call SUBSCRIBE, encoded. */
  readonly subscribe: Uint8Array;
  readonly connection: ConnectionOptions;
  readonly authorizer: Authorizer;
  /** Ends the attempt to subscribe; once subscribed, use `end`. */
  readonly signal: AbortSignal;
  readonly rewrite?: AddressRewrite | undefined;
  /** The errors for answers that are no success. */
  readonly subscribeError: (refusal: Refusal, from: string) => MesosError;
  readonly callError: (refusal: Refusal, callType: string) => MesosError;
  readonly decode: (record: Uint8Array) => Event;
  readonly maximumRecordBytes: number;
  /** Milliseconds; undefined where the server may be silent for as long as it likes. */
  readonly allowedSilence: number | undefined;
  /** Takes an event, and the bytes it took on the wire. */
  readonly onEvent: (event: Event, bytes: number, conversation: Conversation<Event>) => void;
  /** What to wait for before more is read, if anything. */
  readonly room: () => Promise<void> | undefined;
}

/**
 * One subscription at a master or agent, with the two connections that belong to it: one brings events, the other
 * carries calls in order. It ends when either breaks.
 */
export class Conversation<Event> {
  /** Where the endpoint is, after redirects. */
  readonly url: URL;
  readonly streamId: string | undefined;
  readonly #subscription: Subscription<Event>;
  readonly #calls: CallChannel;

  private constructor(stream: EventStream, options: ConversationOptions<Event>) {
    const { contentType, onEvent, callError } = options;
    this.url = stream.url;
    this.streamId = stream.streamId;
    this.#subscription = new Subscription(stream, {
      ...options,
      onEvent: (event, bytes) => onEvent(event, bytes, this),
    });
    this.#calls = new CallChannel({
      ...options,
      url: stream.url,
      headers: {
        'content-type': contentType,
        accept: contentType,
        ...(stream.streamId !== undefined && { 'mesos-stream-id': stream.streamId }),
      },
      refused: callError,
      failed: (error) => this.#callFailed(error),
    });
  }

  /** Subscribes. Throws MesosError. */
  static async open<Event>(options: ConversationOptions<Event>): Promise<Conversation<Event>> {
    const { contentType } = options;
    const stream = await openEventStream(options.endpoint, {
      ...options,
      callType: 'SUBSCRIBE',
      headers: { 'content-type': contentType, accept: contentType },
      body: options.subscribe,
      refused: options.subscribeError,
    });
    return new Conversation(stream, options);
  }

  /** Hands on events until the subscription ends; then tells why. Calls can still be sent until `close`. */
  run(): Promise<MesosError> {
    return this.#subscription.run();
  }

  /** See {@link CallChannel.post}. */
  post(call: OutgoingCall): Promise<void> {
    return this.#calls.post(call);
  }

  /** Waits until all calls given have their answers, but no longer than this. */
  drain(milliseconds: number): Promise<void> {
    return this.#calls.drain(milliseconds);
  }

  /** From now on as many milliseconds of silence are too much. */
  allowSilence(milliseconds: number): void {
    this.#subscription.allowSilence(milliseconds);
  }

  /** Ends the stream from this side; no event is handed on after that. */
  end(reason: MesosError): void {
    this.#subscription.end(reason);
  }

  /**
   * Leaves no socket. Calls that wait are rejected with SESSION_LOST; the one that is on its way may still have its
   * answer within as many milliseconds, unless the signal fires.
   */
  async close(patience = 0, signal?: AbortSignal): Promise<void> {
    this.#subscription.end(new MesosError('SESSION_CLOSED', 'the conversation was closed'));
    await this.#subscription.stream.close();
    await this.#calls.close(
      new MesosError('SESSION_LOST', 'the call was not sent: the subscription has ended'),
      patience,
      signal,
    );
  }

  #callFailed(error: MesosError): void {
    if (error.code === 'SESSION_LOST') this.#subscription.lost(error);
    // A new subscription has another stream id: what is still on its way is refused by the master from then on.
    if (error.code === 'CALL_FATE_UNKNOWN' || error.code === 'NOT_CONNECTED')
      this.#subscription.end(
        new MesosError('CONNECTION_LOST', 'the connection for calls broke', { cause: error }),
      );
  }
}
