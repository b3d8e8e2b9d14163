import type { Codec } from '../codec/codec.ts';
import type { Call, ProcessIO } from '../gen/agent.ts';
import type { ContainerID, TTYInfo } from '../gen/mesos.ts';

/** Something to pass on to a container: bytes for its standard input, or the size of its terminal. */
export type ContainerInput = Uint8Array | TTYInfo;

/** Where input comes from: taken only as fast as the container reads it. */
export type ContainerInputSource = AsyncIterable<ContainerInput> | Iterable<ContainerInput>;

/** What the body of a request with input is made from. */
export interface InputBodyOptions {
  readonly containerId: ContainerID;
  readonly source: ContainerInputSource;
  readonly codec: Codec<Call>;
  /** Milliseconds between the heartbeats that keep the connection open. */
  readonly heartbeatMilliseconds: number;
  /** Whether the end of the source is told to the container as the end of its input. */
  readonly sendEndOfInput: boolean;
  /** Fires when nobody takes the body any more. */
  readonly signal: AbortSignal;
  /** Told what the source threw. */
  readonly onSourceFailure: (error: unknown) => void;
}

type InputCall = NonNullable<Call['attach_container_input']>;

const stdin = (data: Uint8Array): ProcessIO => ({ type: 'DATA', data: { type: 'STDIN', data } });

const processIo = (input: ContainerInput): ProcessIO =>
  input instanceof Uint8Array
    ? stdin(input)
    : { type: 'CONTROL', control: { type: 'TTY_INFO', tty_info: input } };

/** No bytes would mean the end of input. */
const isNothing = (input: ContainerInput): boolean => input instanceof Uint8Array && input.length === 0;

function toRecord(codec: Codec<Call>, attach_container_input: InputCall): Uint8Array {
  const record = codec.encode({ type: 'ATTACH_CONTAINER_INPUT', attach_container_input });
  return Buffer.concat([Buffer.from(`${record.length}\n`), record]);
}

type Iteration = IteratorResult<ContainerInput, unknown>;

function iteratorOf(source: ContainerInputSource): Iterator<ContainerInput> | AsyncIterator<ContainerInput> {
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}

/**
 * The records of ATTACH_CONTAINER_INPUT: first which container, then its input, with heartbeats in between. It ends
 * in good order also where the source fails or the signal fires, only then without an end of input: an agent whose
 * connection just breaks takes the container for attached to for ever, and answers everyone else with 409.
 */
export async function* inputBody(options: InputBodyOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { codec, containerId, heartbeatMilliseconds } = options;
  const toIo = (process_io: ProcessIO) => toRecord(codec, { type: 'PROCESS_IO', process_io });
  const interval = { nanoseconds: BigInt(Math.round(heartbeatMilliseconds * 1e6)) };
  const heartbeat = toIo({ type: 'CONTROL', control: { type: 'HEARTBEAT', heartbeat: { interval } } });
  const source = new WaitingSource(options);
  try {
    yield toRecord(codec, { type: 'CONTAINER_ID', container_id: containerId });
    for (;;) {
      const next = await source.next();
      if (next === 'stopped' || next === 'failed') return;
      if (next === 'late') yield heartbeat;
      else if (next.done) break;
      else if (!isNothing(next.value)) yield toIo(processIo(next.value));
    }
    if (options.sendEndOfInput) yield toIo(stdin(new Uint8Array(0)));
  } finally {
    source.close();
  }
}

/** Waits for the next item of a source, but no longer than a time. */
class WaitingSource {
  readonly #iterator: Iterator<ContainerInput> | AsyncIterator<ContainerInput>;
  readonly #options: InputBodyOptions;
  #pending: Promise<Iteration> | undefined;
  #hasEnded = false;

  constructor(options: InputBodyOptions) {
    this.#iterator = iteratorOf(options.source);
    this.#options = options;
  }

  async next(): Promise<Iteration | 'late' | 'stopped' | 'failed'> {
    const { signal, heartbeatMilliseconds } = this.#options;
    const { promise, resolve } = Promise.withResolvers<'late' | 'stopped'>();
    const timer = setTimeout(() => resolve('late'), heartbeatMilliseconds);
    const stop = () => resolve('stopped');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.#pending ??= (async () => this.#iterator.next())();
    try {
      const result = await Promise.race([promise, this.#pending]);
      if (typeof result === 'object') this.#settled(result.done === true);
      return result;
    } catch (error) {
      this.#settled(true);
      this.#options.onSourceFailure(error);
      return 'failed';
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Not waited for: a source that waits for a key to be pressed may do so for ever. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // An item that comes too late is lost, and so is a failure: nobody is there who could be told.
    const ignore = () => {};
    this.#pending?.catch(ignore);
    void (async () => this.#iterator.return?.())().catch(ignore);
  }

  #settled(hasEnded: boolean): void {
    this.#pending = undefined;
    this.#hasEnded = hasEnded;
  }
}
