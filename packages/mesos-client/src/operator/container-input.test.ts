import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../codec/codec.ts';
import type { Call } from '../gen/agent.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import { type ContainerInput, type InputBodyOptions, inputBody } from './container-input.ts';

const codec = createCodec('protobuf', 'mesos.v1.agent.Call');
const containerId = { value: 'session', parent: { value: 'parent' } };

function body(more: Partial<InputBodyOptions> & Pick<InputBodyOptions, 'source'>) {
  return inputBody({
    containerId,
    codec,
    heartbeatMilliseconds: 30_000,
    sendEndOfInput: true,
    signal: new AbortController().signal,
    onSourceFailure: () => {},
    ...more,
  });
}

function decode(bytes: Uint8Array): Call['attach_container_input'] {
  const calls: Call[] = [];
  new RecordDecoder((record) => calls.push(codec.decode(record))).push(bytes);
  return calls[0]?.attach_container_input;
}

async function records(generator: AsyncIterable<Uint8Array>) {
  const all: Call['attach_container_input'][] = [];
  for await (const record of generator) all.push(decode(record));
  return all;
}

const stdinOf = (record: Call['attach_container_input']): Uint8Array | undefined => {
  const { data } = record?.process_io ?? {};
  return data?.type === 'STDIN' ? (data.data ?? new Uint8Array(0)) : undefined;
};

async function* nothing(): AsyncGenerator<ContainerInput> {}

/** Gives nothing, and does not end before it is told to. */
function blocked() {
  let isClosed = false;
  const iterator: AsyncIterator<ContainerInput> = {
    next: () => new Promise(() => {}),
    async return() {
      isClosed = true;
      return { done: true, value: undefined };
    },
  };
  return { source: { [Symbol.asyncIterator]: () => iterator }, isClosed: () => isClosed };
}

describe('inputBody', () => {
  it('names the container, and ends the input with the source', async () => {
    expect(await records(body({ source: nothing() }))).toStrictEqual([
      { type: 'CONTAINER_ID', container_id: containerId },
      {
        type: 'PROCESS_IO',
        process_io: { type: 'DATA', data: { type: 'STDIN', data: expect.objectContaining({ length: 0 }) } },
      },
    ]);
  });

  it('passes on every byte in order, and takes empty pieces for no end', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(pieces, async (source) => {
        const sent = (await records(body({ source }))).flatMap((record) => stdinOf(record) ?? []);
        expect(Buffer.concat(sent).equals(Buffer.concat(source))).toBe(true);
        expect(sent.map(({ length }) => length > 0)).toStrictEqual([
          ...source.filter(({ length }) => length > 0).map(() => true),
          false,
        ]);
      }),
    );
  });

  it('passes on the size of a terminal, and keeps the input open if asked to', async () => {
    const source = [{ window_size: { rows: 30, columns: 100 } }];
    const sent = await records(body({ source, sendEndOfInput: false }));
    expect(sent.at(-1)?.process_io).toStrictEqual({
      type: 'CONTROL',
      control: { type: 'TTY_INFO', tty_info: { window_size: { rows: 30, columns: 100 } } },
    });
  });

  it('sends heartbeats while the source has nothing, and loses nothing by that', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    async function* slow() {
      await promise;
      yield Buffer.from('at last');
    }
    const generator = body({ source: slow(), heartbeatMilliseconds: 1 });
    let heartbeats = 0;
    for await (const record of generator) {
      const io = decode(record)?.process_io;
      const interval = io?.control?.heartbeat?.interval?.nanoseconds;
      if (interval === 1_000_000n && ++heartbeats === 3) resolve();
      if (io?.type === 'DATA') {
        expect(Buffer.from(io.data?.data ?? []).toString()).toBe('at last');
        break;
      }
    }
    expect(heartbeats).toBeGreaterThanOrEqual(3);
  });

  it('takes from the source only what is asked for', async () => {
    let taken = 0;
    function* source() {
      for (;;) {
        taken++;
        yield Buffer.from('x');
      }
    }
    const generator = body({ source: source() });
    for (let count = 0; count < 3; count++) await generator.next();
    await generator.return();
    expect(taken).toBe(2);
  });

  it('ends without an end of input when nobody takes it any more, and tells the source', async () => {
    const stop = new AbortController();
    const { source, isClosed } = blocked();
    const generator = body({ source, signal: stop.signal });
    await generator.next();
    const last = generator.next();
    stop.abort();
    expect(await last).toStrictEqual({ done: true, value: undefined });
    expect(isClosed()).toBe(true);
  });

  it('ends without an end of input where the source fails, and tells of that', async () => {
    const failure = new Error('the keyboard is gone');
    const told: unknown[] = [];
    async function* broken() {
      yield Buffer.from('x');
      throw failure;
    }
    const sent: (Uint8Array | undefined)[] = [];
    const run = async () => {
      for await (const record of body({ source: broken(), onSourceFailure: (error) => told.push(error) }))
        sent.push(stdinOf(decode(record)));
    };
    await run();
    expect(told).toStrictEqual([failure]);
    expect(sent.filter((bytes) => bytes?.length === 0)).toStrictEqual([]);
  });
});
