import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EventRecorder } from '../../test/executor/recorder.ts';
import { createCodec } from '../codec/codec.ts';
import type { Call } from '../gen/executor.ts';
import type { ExecutorTaskStatus } from './executor-messages.ts';
import { ExecutorSession } from './executor-session.ts';

interface Line {
  readonly from?: string;
  readonly note?: string;
  readonly request?: { readonly body: { readonly type?: string } & { readonly base64?: string } };
  readonly response?: {
    readonly status: number;
    readonly body?: string;
    readonly chunks?: readonly { readonly base64: string }[];
    readonly records?: readonly { readonly type: string }[];
  };
}

type Format = 'json' | 'protobuf';

const folder = new URL('../../../../test-fixtures/mesos-1.11.0/', import.meta.url);
const files: Readonly<Record<Format, string>> = {
  json: '07-executor.jsonl',
  protobuf: '07-executor-protobuf.jsonl',
};

/** What the executor ex-1 and its agent said to one another, without its own trials of bad calls. */
function conversation(format: Format): readonly Line[] {
  return readFileSync(new URL(files[format], folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.from === 'executor ex-1' && !/^UPDATE w|HEARTBEAT/.test(line.note ?? ''));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What is told anew each time is left out. */
function comparable({ update, message, ...call }: Call): unknown {
  const { uuid, timestamp, ...status } = update?.status ?? {};
  return { ...call, ...(update && { status }), ...(message && { data: Buffer.from(message.data) }) };
}

describe.each<Format>(['json', 'protobuf'])('the recorded life of an executor, in %s', (format) => {
  const calls = createCodec(format, 'mesos.v1.executor.Call');
  const lines = conversation(format);
  const recorded = lines.map(({ request }) =>
    calls.decode(
      request?.body.base64 === undefined
        ? Buffer.from(JSON.stringify(request?.body))
        : Buffer.from(request.body.base64, 'base64'),
    ),
  );

  it('is lived again by a session', async () => {
    const arrived: Call[] = [];
    const server = createServer(async (request, response) => {
      arrived.push(calls.decode(await bodyOf(request)));
      const { status = 500, body = '', chunks } = lines[arrived.length - 1]?.response ?? {};
      response.writeHead(status);
      for (const { base64 } of chunks ?? []) response.write(Buffer.from(base64, 'base64'));
      if (!chunks) response.end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const session = new ExecutorSession({
      frameworkId: recorded[0]?.framework_id.value ?? '',
      executorId: 'ex-1',
      endpoint: new URL(`http://127.0.0.1:${port}/api/v1/executor`),
      contentType: format,
    });
    try {
      const recorder = new EventRecorder();
      await session.start(recorder.listener);
      await recorder.next('SHUTDOWN');
      for (const { update, message } of recorded) {
        const { uuid, executor_id, source, ...status } = update?.status ?? {};
        if (update) await session.update(status as ExecutorTaskStatus);
        if (message) await session.message(message.data);
      }
      expect(recorder.events.map(({ type }) => type)).toStrictEqual(
        lines[0]?.response?.records?.map(({ type }) => type),
      );
      expect(arrived.map(comparable)).toStrictEqual(recorded.map(comparable));
      expect(arrived.length).toBeGreaterThan(12);
    } finally {
      await session.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
