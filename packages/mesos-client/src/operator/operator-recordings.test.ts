import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedCall, recordedCalls } from '../../test-helpers/recorded-calls.ts';
import { withoutUnknown } from '../../test-helpers/without-unknown.ts';
import { createCodec } from '../codec/codec.ts';
import type { Call, ProcessIO } from '../gen/agent.ts';
import type { MesosError } from '../mesos-error.ts';
import { RecordDecoder } from '../recordio/record-decoder.ts';
import { AgentClient } from './agent-client.ts';
import type { ContainerInput } from './container-input.ts';
import { MasterClient } from './master-client.ts';
import type { AgentCall, MasterCall } from './operator-messages.ts';

/** REMOVE_CONTAINER of a container without a parent ended the agent: this client does not send it. */
const isDeadly = ({ status }: RecordedCall): boolean => status === undefined;
const typeOf = (call: RecordedCall): string =>
  call.requestChunks ? 'ATTACH_CONTAINER_INPUT' : (callCodec(call).decode(call.request).type ?? '');

function callCodec({ to, format }: RecordedCall) {
  return createCodec(format, `mesos.v1.${to}.Call`);
}

const calls = ['06-operator.jsonl', '06-operator-protobuf.jsonl']
  .flatMap(recordedCalls)
  .filter(({ method, request }) => method === 'POST' && request.length > 0)
  // gzip has a test of its own.
  .filter(({ headers }) => headers['accept-encoding'] === undefined);
const plain = calls.filter((call) => !isDeadly(call) && call.headers.accept !== 'application/recordio');
const atOnce = plain.filter((call) => !call.requestChunks && typeOf(call) !== 'SUBSCRIBE');

function recordsOf(bytes: Uint8Array): Buffer[] {
  const records: Buffer[] = [];
  const decoder = new RecordDecoder((record) => records.push(Buffer.from(record)));
  decoder.push(bytes);
  decoder.end();
  return records;
}

describe('the recorded calls of an operator', () => {
  let server: Server;
  let address: string;
  let played: RecordedCall;
  let seen: { readonly message: IncomingMessage; readonly body: Buffer } | undefined;

  beforeAll(async () => {
    server = createServer(async (message, response) => {
      const body = await buffer(message);
      const isAsking = played.requestChunks && message.headers['content-type'] !== 'application/recordio';
      if (isAsking) {
        const health = { type: 'GET_HEALTH', get_health: { healthy: true } } as const;
        response.end(createCodec(played.format, 'mesos.v1.agent.Response').encode(health));
        return;
      }
      seen = { message, body };
      const { 'Content-Type': type = 'text/plain' } = played.answerHeaders;
      response.writeHead(played.status ?? 500, { 'content-type': type }).end(played.answer);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
  });

  function play(call: RecordedCall): { readonly master: MasterClient; readonly agent: AgentClient } {
    played = call;
    seen = undefined;
    const options = { contentType: call.format };
    return {
      master: new MasterClient({ master: address, ...options }),
      agent: new AgentClient({ agent: address, ...options }),
    };
  }

  /** That a request was what the recorder sent, which real Mesos took: the headers and the call. */
  function expectRequest(call: RecordedCall): void {
    const headers = seen?.message.headers ?? {};
    const names = ['content-type', 'accept', 'message-accept', 'message-content-type'] as const;
    expect(names.map((name) => headers[name])).toStrictEqual(names.map((name) => call.headers[name]));
    expect(seen?.message.url).toBe('/api/v1');
    const codec = callCodec(call);
    expect(codec.decode(seen?.body ?? Buffer.alloc(0))).toStrictEqual(codec.decode(call.request));
    // Nothing is in it beside; the order of fields is free.
    if (call.format === 'protobuf') expect(seen?.body.length).toBe(call.request.length);
  }

  async function send(call: RecordedCall): Promise<unknown> {
    const clients = play(call);
    const decoded = callCodec(call).decode(call.request);
    return call.to === 'master'
      ? clients.master.call(decoded as MasterCall)
      : clients.agent.call(decoded as AgentCall);
  }

  it('are there', () => {
    expect(atOnce.length).toBeGreaterThan(150);
    expect(atOnce.filter(({ status = 0 }) => status >= 400).length).toBeGreaterThan(8);
  });

  it.each(atOnce)('are sent as they were, and their answers read: $format $n, $note', async (call) => {
    const { status = 0, answer, format, to } = call;
    if (status >= 400) {
      const error = await send(call).catch((thrown: unknown) => thrown as MesosError);
      expect(error).toMatchObject({ code: 'CALL_REFUSED', status, callType: typeOf(call) });
      // Of files that are not there Mesos says nothing.
      expect((error as MesosError).answer).toBe(String(answer));
    } else {
      const result = withoutUnknown(await send(call));
      const codec = createCodec('json', `mesos.v1.${to}.Response`);
      const json = format === 'json' ? answer : call.decodedAnswer;
      const expected = json && json.length > 0 ? codec.decode(json) : undefined;
      const payload = expected && (expected as Readonly<Record<string, unknown>>)[typeOf(call).toLowerCase()];
      expect(result).toStrictEqual(expected && withoutUnknown(payload ?? {}));
    }
    expectRequest(call);
  });

  it.each(calls.filter((call) => typeOf(call) === 'SUBSCRIBE'))('bring events: $format', async (call) => {
    const codec = createCodec(call.format, 'mesos.v1.master.Event');
    const events: unknown[] = [];
    const read = async () => {
      for await (const event of play(call).master.subscribe()) events.push(event);
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(events).toStrictEqual(recordsOf(call.answer).map((record) => codec.decode(record)));
    expect(events.length).toBeGreaterThan(20);
    expectRequest(call);
  });

  const launches = calls.filter((call) => typeOf(call) === 'LAUNCH_NESTED_CONTAINER_SESSION');
  it.each(launches)('open sessions with containers: $format $n, $note', async (call) => {
    const { launch_nested_container_session: session } = callCodec(call).decode(call.request) as Call;
    if (!session) throw new Error('expected a session');
    const output: unknown[] = [];
    for await (const piece of await play(call).agent.launchNestedContainerSession(session))
      output.push(piece);
    const codec = createCodec(call.format, 'mesos.v1.agent.ProcessIO');
    expect(output).toStrictEqual(recordsOf(call.answer).map((record) => codec.decode(record).data));
    expectRequest(call);
  });

  const attached = calls.filter((call) => typeOf(call) === 'ATTACH_CONTAINER_OUTPUT');
  it.each(attached)('are refused an attachment: $format $n, $note', async (call) => {
    const id = (callCodec(call).decode(call.request) as Call).attach_container_output?.container_id;
    await expect(play(call).agent.attachContainerOutput(id ?? { value: '' })).rejects.toMatchObject({
      code: 'CALL_REFUSED',
      status: call.status,
      answer: String(call.answer),
    });
    expectRequest(call);
  });

  it.each(calls.filter(({ requestChunks }) => requestChunks))('bring input: $format $n', async (call) => {
    const codec = createCodec(call.format, 'mesos.v1.agent.Call');
    const decode = (bytes: Uint8Array) =>
      recordsOf(bytes).map((record) => codec.decode(record).attach_container_input);
    const expected = decode(Buffer.concat(call.requestChunks ?? []));
    const inputs = expected.flatMap((input) => toInput(input?.process_io) ?? []);
    const containerId = expected[0]?.container_id ?? { value: '' };
    await play(call).agent.attachContainerInput(containerId, inputs, { sendEndOfInput: false });
    // The recorder began with a heartbeat.
    const withoutHeartbeat = expected.filter(({ process_io } = {}) => !process_io?.control?.heartbeat);
    expect(decode(seen?.body ?? Buffer.alloc(0))).toStrictEqual(withoutHeartbeat);
    const headers = seen?.message.headers ?? {};
    for (const name of ['content-type', 'message-content-type', 'accept', 'transfer-encoding'] as const)
      expect(headers[name]).toBe(call.headers[name]);
  });

  it.each(calls.filter(isDeadly).filter((call) => typeOf(call) === 'REMOVE_CONTAINER'))(
    'are not sent where they ended the agent: $format $n',
    async (call) => {
      await expect(send(call)).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
      expect(seen).toBeUndefined();
    },
  );
});

function toInput(io: ProcessIO | undefined): ContainerInput | undefined {
  return io?.control?.type === 'TTY_INFO' ? io.control.tty_info : io?.data?.data;
}
