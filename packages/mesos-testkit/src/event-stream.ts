import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Codec } from '@galaxy-mesos/mesos-client';

/** The bytes of a RecordIO record. */
export function record(payload: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]);
}

/** How a stream is opened. */
export interface EventStreamOptions<Event> {
  readonly codec: Codec<Event>;
  /** What is sent to say that nothing happens. */
  readonly heartbeat: Event;
  /** Breaks the connection with a TCP reset. */
  readonly reset: () => void;
}

/** An answer without end: events as RecordIO, and all the ways in which it can go wrong. */
export class EventStream<Event> {
  /** Resolves once the connection of the stream is closed, by whomever; at once where this side breaks it off. */
  readonly closed: Promise<void>;
  readonly #close: () => void;
  readonly #response: ServerResponse;
  readonly #codec: Codec<Event>;
  readonly #heartbeat: Event;
  readonly #reset: () => void;
  #heartbeats: NodeJS.Timeout | undefined;
  #isSilent = false;
  #isOpen: boolean;

  constructor(response: ServerResponse, options: EventStreamOptions<Event>) {
    this.#response = response;
    this.#codec = options.codec;
    this.#heartbeat = options.heartbeat;
    this.#reset = options.reset;
    this.#isOpen = !response.closed && !response.destroyed;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = () => {
      this.#finish();
      resolve();
    };
    if (this.#isOpen) response.once('close', this.#close);
    else this.#close();
  }

  /** Whether events can still arrive at the other side. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends one event in one HTTP chunk, as Mesos does. Throws INVALID_MESSAGE if it is no such event. */
  send(event: Event): this {
    return this.sendRaw(record(this.#codec.encode(event)));
  }

  /** Sends several events in one HTTP chunk. */
  sendTogether(...events: readonly Event[]): this {
    return this.sendRaw(Buffer.concat(events.map((event) => record(this.#codec.encode(event)))));
  }

  /** Sends an event in HTTP chunks of this many bytes, each in a packet of its own as far as the system lets us. */
  async sendInPieces(event: Event, size: number): Promise<void> {
    const bytes = record(this.#codec.encode(event));
    for (let start = 0; start < bytes.length && this.#isOpen; start += size) {
      this.sendRaw(bytes.subarray(start, start + size));
      await nextTurn();
    }
  }

  /** Sends bytes as they are, in one HTTP chunk: no record is made of them. */
  sendRaw(bytes: Uint8Array | string): this {
    if (this.#isOpen && !this.#isSilent) this.#response.write(bytes);
    return this;
  }

  /** Sends a record of these bytes, whatever they are. */
  sendRecord(payload: Uint8Array | string): this {
    return this.sendRaw(record(payload));
  }

  /** Sends a length that is none; the rest of the stream makes no sense after it. */
  sendGarbageLength(header = 'twelve\n'): this {
    return this.sendRaw(header);
  }

  /** Announces a record of this many bytes, and sends none of them. */
  announceRecord(bytes: number): this {
    return this.sendRaw(`${bytes}\n`);
  }

  /** Sends an event but for its last bytes, and ends the stream in good order. */
  sendTruncated(event: Event, missingBytes = 1): void {
    this.sendRaw(record(this.#codec.encode(event)).subarray(0, -missingBytes));
    this.end();
  }

  /** Sends an event of a type that this version of Mesos does not have. */
  sendUnknownType(): this {
    // In every event message of Mesos the type is an enum in field 1.
    const protobuf = Buffer.from([0x08, 0xe7, 0x07]);
    const isJson = this.#codec.contentType === 'application/json';
    return this.sendRecord(isJson ? '{"type":"NOT_YET_INVENTED"}' : protobuf);
  }

  /** Sends a heartbeat every so many seconds, fractions allowed, instead of as before. */
  beatEvery(seconds: number): this {
    this.stopHeartbeats();
    if (this.#isOpen) this.#heartbeats = setInterval(() => this.send(this.#heartbeat), seconds * 1000);
    return this;
  }

  /** Sends one heartbeat now. */
  beat(): this {
    return this.send(this.#heartbeat);
  }

  /** Resolves when what was sent has left this process, or the stream is closed: for floods of events. */
  async drained(): Promise<void> {
    if (this.#isOpen && this.#response.writableNeedDrain)
      await Promise.race([once(this.#response, 'drain'), this.closed]);
  }

  /** No more heartbeats by themselves; events are still sent. */
  stopHeartbeats(): this {
    clearInterval(this.#heartbeats);
    return this;
  }

  /** As a connection that is half open: it stays, and no byte comes any more. What is sent is lost. */
  fallSilent(): this {
    this.#isSilent = true;
    return this;
  }

  /** Ends {@link fallSilent}; what was sent meanwhile stays lost. */
  speakAgain(): this {
    this.#isSilent = false;
    return this;
  }

  /** Ends the stream in good order, with a last chunk. */
  end(): void {
    this.#finish();
    this.#response.end();
  }

  /** Ends the connection without a last chunk, as when the process behind it dies. */
  breakOff(): void {
    // Whoever died waits for no peer to close its end too: a frozen one does not.
    this.#close();
    this.#response.socket?.end();
  }

  /** Breaks the connection with a TCP reset. */
  reset(): void {
    this.#finish();
    this.#reset();
  }

  #finish(): void {
    this.#isOpen = false;
    this.stopHeartbeats();
  }
}
