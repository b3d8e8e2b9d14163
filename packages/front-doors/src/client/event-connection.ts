import { on, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import { WebSocket } from 'ws';
import { eventCloseCodes } from '../api/event-close-codes.ts';
import { jobEventSchema } from '../api/schemas/events.ts';
import { ClientError } from './client-error.ts';
import { refusal } from './responses.ts';
import { unreachable } from './unreachable.ts';

/** Where events are, and with what one comes. */
export interface EventSource {
  /** Of the API's events, with `http:` or `https:`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The daemon asks every 20 s whether somebody is there; who hears nothing three times is alone. */
const silenceMilliseconds = 60_000;

/** Messages that wait for whoever reads them; above that nothing is taken from the network. */
const highWaterMark = 256;

/** One WebSocket with events, from its beginning to its end. */
export class EventConnection {
  readonly #url: string;
  readonly #webSocket: WebSocket;
  readonly #messages: AsyncIterator<unknown[]>;
  readonly #refused: Promise<never>;
  #closeCode = 0;

  constructor(source: EventSource, query: Readonly<Record<string, string>>, signal?: AbortSignal) {
    this.#url = source.url;
    const address = new URL(source.url);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    this.#webSocket = new WebSocket(address, { headers: source.headers, perMessageDeflate: false });
    const stop = () => this.#webSocket.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    this.#webSocket.once('close', (code: number) => {
      this.#closeCode = code;
      signal?.removeEventListener('abort', stop);
    });
    if (signal?.aborted) stop();
    // Listens from the start: the first events may come with the answer to the handshake.
    this.#messages = on(this.#webSocket, 'message', { close: ['close'], highWaterMark });
    this.#refused = this.#listenForRefusal();
  }

  /** @throws ClientError if there is no daemon, or it refuses */
  async open(): Promise<void> {
    try {
      await Promise.race([once(this.#webSocket, 'open'), this.#refused]);
    } catch (error) {
      throw error instanceof ClientError ? error : unreachable(this.#url, error);
    }
  }

  /** Ends with the connection, however that ends. */
  async *events(): AsyncGenerator<JobEvent> {
    const stopWatching = this.#endWhenSilent();
    try {
      for (;;) {
        const next = await this.#messages.next();
        if (next.done) return;
        const text = String(next.value[0]);
        const event = jobEventSchema.safeParse(JSON.parse(text));
        if (!event.success) {
          throw new ClientError('NOT_A_DAEMON', `an event is not of this version's form: ${text}`);
        }
        yield event.data as JobEvent;
      }
    } catch (error) {
      // A connection that breaks is one that ends; everything else has a name.
      if (error instanceof ClientError || error instanceof SyntaxError) throw error;
    } finally {
      stopWatching();
      this.#webSocket.terminate();
    }
  }

  /**
   * After the last event.
   * @throws ClientError if coming again is of no use
   */
  checkEnd(): void {
    if (this.#closeCode !== eventCloseCodes.gone) return;
    throw new ClientError(
      'EVENTS_GONE',
      'events that were missed are not kept any more; ask for the jobs anew',
    );
  }

  #listenForRefusal(): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    // Nobody waits for it any more once the connection is open.
    promise.catch(() => {});
    this.#webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
      text(response)
        .then((body) => reject(refusal(this.#url, response.statusCode ?? 0, body)), reject)
        .finally(() => this.#webSocket.terminate());
    });
    return promise;
  }

  #endWhenSilent(): () => void {
    const timer = setTimeout(() => this.#webSocket.terminate(), silenceMilliseconds);
    const heard = () => timer.refresh();
    this.#webSocket.on('ping', heard).on('message', heard);
    return () => clearTimeout(timer);
  }
}
