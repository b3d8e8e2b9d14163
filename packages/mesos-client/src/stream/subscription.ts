import { describeFailure } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import type { EventStream } from './event-stream.ts';
import { SilenceWatch } from './silence-watch.ts';

/**
 * The refusal of a call can arrive before the event that says why, such as that another scheduler has taken over.
 * Subscribing again without that word would throw the other one out.
 */
const lastWordMilliseconds = 1_000;

/** What a subscription is made from. */
export interface SubscriptionOptions<Event> {
  readonly decode: (record: Uint8Array) => Event;
  readonly maximumRecordBytes: number;
  /** After as many milliseconds without a byte the connection counts as lost; undefined: never. */
  readonly allowedSilence: number | undefined;
  /** Takes an event, and the bytes it took on the wire. May call `end`. */
  readonly onEvent: (event: Event, bytes: number) => void;
  /** What to wait for before more is read, if anything. */
  readonly room: () => Promise<void> | undefined;
}

/** One event stream from its first byte to its end. */
export class Subscription<Event> {
  readonly stream: EventStream;
  readonly #options: SubscriptionOptions<Event>;
  readonly #watch: SilenceWatch;
  readonly #ended = Promise.withResolvers<MesosError>();
  #open = true;
  #awaitingLastWord: NodeJS.Timeout | undefined;
  #stopWaiting = () => {};

  constructor(stream: EventStream, options: SubscriptionOptions<Event>) {
    this.stream = stream;
    this.#options = options;
    this.#watch = new SilenceWatch((milliseconds) =>
      this.end(
        new MesosError('CONNECTION_LOST', `${stream.url.origin} was silent for ${milliseconds / 1000} s`),
      ),
    );
    if (options.allowedSilence !== undefined) this.#watch.allow(options.allowedSilence);
  }

  /** From now on as many milliseconds of silence are too much. */
  allowSilence(milliseconds: number): void {
    if (this.#open) this.#watch.allow(milliseconds);
  }

  /** Hands on events until the stream ends; then tells why. */
  async run(): Promise<MesosError> {
    void this.#read();
    const reason = await this.#ended.promise;
    await this.stream.close();
    return reason;
  }

  /** The server does not know this subscription any more: ends the stream, unless it says itself why it ends. */
  lost(reason: MesosError): void {
    if (this.#open) this.#awaitingLastWord ??= setTimeout(() => this.end(reason), lastWordMilliseconds);
  }

  /** Ends the stream from this side; no event is handed on after that. */
  end(reason: MesosError): void {
    this.#open = false;
    clearTimeout(this.#awaitingLastWord);
    this.#watch.pause();
    this.#ended.resolve(reason);
    this.#stopWaiting();
  }

  async #read(): Promise<void> {
    const decoder = new RecordDecoder((record) => this.#take(record), this.#options.maximumRecordBytes);
    const origin = this.stream.url.origin;
    try {
      for await (const chunk of this.stream.body) {
        if (!this.#open) return;
        this.#watch.heard();
        decoder.push(chunk);
        await this.#waitForRoom();
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

  /** Meanwhile nothing is read, so that silence is ours, not the server's. */
  async #waitForRoom(): Promise<void> {
    const room = this.#open ? this.#options.room() : undefined;
    if (!room) return;
    this.#watch.pause();
    // Not a race with `#ended`: each race would stay there for as long as the subscription lasts.
    await new Promise<void>((resolve) => {
      this.#stopWaiting = resolve;
      void room.then(resolve);
    });
    if (this.#open) this.#watch.resume();
  }

  #take(record: Uint8Array): void {
    // An empty record is no event, but no fault of the stream either.
    if (this.#open && record.length > 0) this.#options.onEvent(this.#options.decode(record), record.length);
  }
}
