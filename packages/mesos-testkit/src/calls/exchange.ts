import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ReceivedRequest } from '../http/received-request.ts';
import { type Headers, type PlainReply, type Reply, type StreamReply, text } from '../http/reply.ts';

/** Mesos compresses no shorter bodies. */
const minimumGzipBytes = 1024;

/** What an exchange needs to be answered. */
export interface ExchangeOptions<Call> {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** The call in the body; empty where there is none. */
  readonly call: Call;
  /** Breaks the connection with a TCP reset. */
  readonly reset: () => void;
}

/** A request as it came in, how it was answered, and the ways to answer it by hand. */
export class Exchange<Call> {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** The call in the body; empty where the body is none. */
  readonly call: Call;
  readonly #reset: () => void;
  #status: number | undefined;
  #isAnswerLost = false;
  #gate: Promise<void> | undefined;

  constructor({ request, response, call, reset }: ExchangeOptions<Call>) {
    this.request = request;
    this.response = response;
    this.call = call;
    this.#reset = reset;
  }

  get path(): string {
    return this.request.path;
  }

  /** The status it was answered with; undefined while it is not, or where the connection was broken instead. */
  get status(): number | undefined {
    return this.#status;
  }

  /** Answers with plain text. */
  answer(status: number, words = '', headers: Headers = {}): void {
    this.deliver(text(status, words, headers));
  }

  /** Breaks the connection without an answer, with a TCP reset. */
  reset(): void {
    this.#reset();
  }

  /** Whatever the answer will be, the connection is broken in its place. */
  loseAnswer(): void {
    this.#isAnswerLost = true;
  }

  /** Whatever the answer will be, it leaves only after this. */
  holdAnswer(until: Promise<void>): void {
    this.#gate = until;
  }

  /** Sends an answer; or does with it what {@link loseAnswer} and {@link holdAnswer} said. */
  deliver(reply: Reply): void {
    const gate = this.#gate;
    if (!gate) {
      this.#send(reply);
      return;
    }
    this.#gate = undefined;
    void gate.then(() => this.#send(reply));
  }

  #send(reply: Reply): void {
    if ('later' in reply) void reply.later.then((plain) => this.#sendNow(plain));
    else this.#sendNow(reply);
  }

  #sendNow(reply: PlainReply | StreamReply): void {
    if (this.#isAnswerLost) this.#reset();
    else this.#status = 'status' in reply ? reply.status : 200;
    // Mesos keeps connections open without saying so.
    this.response.removeHeader('Connection');
    if ('status' in reply) {
      this.#sendPlain(reply);
      return;
    }
    this.response.writeHead(200, reply.headers).flushHeaders();
    reply.opened(this.response);
  }

  #sendPlain({ status, headers, body }: PlainReply): void {
    const isGzip =
      body.length >= minimumGzipBytes && /\bgzip\b/.test(String(this.request.headers['accept-encoding']));
    const bytes = isGzip ? gzipSync(body) : body;
    this.response
      .writeHead(status, {
        ...headers,
        ...(isGzip && { 'Content-Encoding': 'gzip' }),
        'Content-Length': String(bytes.length),
      })
      .end(bytes);
  }
}
