import type { Codec } from '../codec/codec.ts';
import type { ProcessIO } from '../gen/agent.ts';
import { MesosError } from '../mesos-error.ts';
import { allowedSilence } from './master-events.ts';
import type { RecordReader } from './record-reader.ts';

/** What a container has written. Pieces end anywhere, also inside a character. */
export interface ContainerOutput {
  readonly type: 'STDOUT' | 'STDERR';
  readonly data: Uint8Array;
}

/**
 * What a container writes, from the time of attaching to its end. It can be iterated over once; leaving the loop, or
 * `close`, ends the connection. Who reads slowly holds up the container.
 */
export class ContainerOutputStream implements AsyncIterable<ContainerOutput>, AsyncDisposable {
  readonly #reader: RecordReader;
  readonly #codec: Codec<ProcessIO>;
  readonly #closeStream: () => Promise<void>;

  /** Not for users of the package. */
  constructor(reader: RecordReader, codec: Codec<ProcessIO>, closeStream: () => Promise<void>) {
    this.#reader = reader;
    this.#codec = codec;
    this.#closeStream = closeStream;
  }

  /** Throws CONNECTION_LOST where it does not end as it should, ABORTED, and SESSION_CLOSED after `close`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ContainerOutput, void, undefined> {
    for await (const record of this.#reader) {
      const { type, data, control } = this.#codec.decode(record);
      if (type === 'CONTROL') this.#watchHeartbeats(control?.heartbeat?.interval?.nanoseconds);
      const isOutput = data?.type === 'STDOUT' || data?.type === 'STDERR';
      if (type === 'DATA' && isOutput) yield { type: data.type, data: data.data ?? new Uint8Array(0) };
    }
  }

  /** Ends the connection; of a session that kills the container. May be called twice. */
  async close(): Promise<void> {
    this.#reader.fail(new MesosError('SESSION_CLOSED', 'the output of the container was closed'));
    await this.#closeStream();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #watchHeartbeats(intervalNanoseconds: bigint | undefined): void {
    if (intervalNanoseconds !== undefined && intervalNanoseconds > 0n)
      this.#reader.allowSilence(allowedSilence(Number(intervalNanoseconds) / 1e9));
  }
}
