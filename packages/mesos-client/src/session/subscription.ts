import type { Codec } from '../codec/codec.ts';
import type { Event } from '../gen/scheduler.ts';
import { describeFailure } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import { errorOfEvent } from './answers.ts';
import type { EventStream } from './event-stream.ts';
import type { SchedulerEvent } from './scheduler-messages.ts';
import { SilenceWatch } from './silence-watch.ts';

/** Mesos's own default, used until SUBSCRIBED tells the master's. */
const defaultHeartbeatSeconds = 15;

/**
 * The refusal of a call can arrive before the event that says why, such as that another scheduler has taken over.
 * Subscribing again without that word would throw the other one out.
 */
const lastWordMilliseconds = 1_000;

export interface SubscriptionOptions {
  readonly codec: Codec<Event>;
  readonly maximumRecordBytes: number;
  readonly missedHeartbeats: number;
  readonly onEvent: (event: SchedulerEvent) => void;
}

/** One event stream from its first byte to its end. */
export class Subscription {
  readonly stream: EventStream;
  readonly #options: SubscriptionOptions;
  readonly #watch: SilenceWatch;
  readonly #ended = Promise.withResolvers<MesosError>();
  #open = true;
  #awaitingLastWord: NodeJS.Timeout | undefined;

  constructor(stream: EventStream, options: SubscriptionOptions) {
    this.stream = stream;
    this.#options = options;
    this.#watch = new SilenceWatch(this.#allowedSilence(defaultHeartbeatSeconds), (milliseconds) =>
      this.end(
        new MesosError('CONNECTION_LOST', `${stream.url.origin} was silent for ${milliseconds / 1000} s`),
      ),
    );
  }

  /** Whether events still come. */
  get open(): boolean {
    return this.#open;
  }

  /** Hands on events until the stream ends; then tells why. */
  async run(): Promise<MesosError> {
    void this.#read();
    const reason = await this.#ended.promise;
    await this.stream.close();
    return reason;
  }

  /** The master does not know this subscription any more: ends the stream, unless it says itself why it ends. */
  lost(reason: MesosError): void {
    if (this.#open) this.#awaitingLastWord ??= setTimeout(() => this.end(reason), lastWordMilliseconds);
  }

  /** Ends the stream from this side; no event is handed on after that. */
  end(reason: MesosError): void {
    this.#open = false;
    clearTimeout(this.#awaitingLastWord);
    this.#watch.stop();
    this.#ended.resolve(reason);
  }

  async #read(): Promise<void> {
    const decoder = new RecordDecoder((record) => this.#take(record), this.#options.maximumRecordBytes);
    const origin = this.stream.url.origin;
    try {
      for await (const chunk of this.stream.body) {
        this.#watch.heard();
        decoder.push(chunk);
        if (!this.#open) return;
      }
      this.end(new MesosError('CONNECTION_LOST', `${origin} ended the event stream`));
    } catch (cause) {
      this.end(
        cause instanceof MesosError
          ? cause
          : new MesosError('CONNECTION_LOST', `${origin}: ${describeFailure(cause)}`, { cause }),
      );
    }
  }

  #take(record: Uint8Array): void {
    if (!this.#open) return;
    const event = this.#options.codec.decode(record);
    // A type that this client does not know is skipped, as Mesos asks of its clients.
    if (event.type === undefined || event.type === 'UNKNOWN') return;
    const known = event as SchedulerEvent;
    if (known.type === 'ERROR') this.end(errorOfEvent(known.error.message));
    else this.#handOn(known);
  }

  #handOn(event: SchedulerEvent): void {
    if (event.type === 'SUBSCRIBED')
      this.#watch.allow(
        this.#allowedSilence(event.subscribed.heartbeat_interval_seconds ?? defaultHeartbeatSeconds),
      );
    this.#options.onEvent(event);
  }

  #allowedSilence(heartbeatSeconds: number): number {
    return heartbeatSeconds * 1000 * this.#options.missedHeartbeats;
  }
}
