import { describeFailure } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import type { EventStream } from '../stream/event-stream.ts';
import { SilenceWatch } from '../stream/silence-watch.ts';
import { stopped } from './operator-errors.ts';

/** What a record reader is made from. */
export interface RecordReaderOptions {
  readonly callType: string;
  readonly maximumRecordBytes: number;
  readonly signal: AbortSignal;
  /** After as many milliseconds without a byte the connection counts as lost; undefined: never. */
  readonly allowedSilence?: number;
}

/**
 * The records of a stream, read as they are asked for: who takes them slowly holds up the server, and its silence
 * counts only while it is waited for. Whoever stops taking them closes the connection.
 */
export class RecordReader implements AsyncIterable<Uint8Array> {
  readonly #stream: EventStream;
  readonly #options: RecordReaderOptions;
  readonly #watch: SilenceWatch;
  #failure: MesosError | undefined;

  constructor(stream: EventStream, options: RecordReaderOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#watch = new SilenceWatch((milliseconds) =>
      this.fail(
        new MesosError('CONNECTION_LOST', `${stream.url.origin} was silent for ${milliseconds / 1000} s`),
      ),
    );
    if (options.allowedSilence !== undefined) {
      this.#watch.allow(options.allowedSilence);
      this.#watch.pause();
    }
  }

  /** From now on as many milliseconds of silence are too much. To be called by who takes the records. */
  allowSilence(milliseconds: number): void {
    this.#watch.allow(milliseconds);
    this.#watch.pause();
  }

  /** Ends the stream from this side; who waits for a record gets this error. */
  fail(reason: MesosError): void {
    this.#failure ??= reason;
    void this.#stream.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const records: Uint8Array[] = [];
    const decoder = new RecordDecoder((record) => records.push(record), this.#options.maximumRecordBytes);
    try {
      this.#watch.resume();
      for await (const chunk of this.#stream.body) {
        this.#watch.pause();
        decoder.push(chunk);
        yield* records.splice(0);
        if (this.#failure) throw this.#failure;
        this.#watch.resume();
      }
      decoder.end();
    } catch (cause) {
      throw this.#error(cause);
    } finally {
      this.#watch.pause();
      await this.#stream.close();
    }
  }

  #error(cause: unknown): unknown {
    const { signal, callType } = this.#options;
    if (this.#failure) return this.#failure;
    if (signal.aborted) return stopped(signal, callType);
    if (cause instanceof MesosError) return cause;
    return new MesosError('CONNECTION_LOST', `${this.#stream.url.origin}: ${describeFailure(cause)}`, {
      callType,
      cause,
    });
  }
}
