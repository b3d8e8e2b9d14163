import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { Call, Event } from '../../src/gen/scheduler.ts';
import { createCodec, RecordDecoder } from '../../src/index.ts';
import { momentary, useCluster } from './real-cluster.ts';

// A connection each: after some refusals the master closes it.
const json = { 'content-type': 'application/json', accept: 'application/json', connection: 'close' } as const;
const subscribe = { type: 'SUBSCRIBE', subscribe: { framework_info: momentary } };
const contentTypes = "Expecting 'Content-Type' of application/json or application/x-protobuf";
const acceptable = "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'";

/** Leaves the stream open. */
async function firstEvent(response: Response): Promise<Event> {
  const codec = createCodec('json', 'mesos.v1.scheduler.Event');
  const events: Event[] = [];
  const decoder = new RecordDecoder((record) => events.push(codec.decode(record)));
  for await (const chunk of response.body?.values({ preventCancel: true }) ?? []) {
    decoder.push(chunk);
    if (events[0]) return events[0];
  }
  throw new Error('the stream ended without an event');
}

type Refusal = readonly [string, RequestInit, number, string];

const badHeaders: readonly Refusal[] = [
  [
    'a parameter',
    { headers: { ...json, 'content-type': 'application/json; charset=utf-8' } },
    415,
    contentTypes,
  ],
  ['another Content-Type', { headers: { ...json, 'content-type': 'text/plain' } }, 415, contentTypes],
  ['RecordIO', { headers: { ...json, 'content-type': 'application/recordio' } }, 415, contentTypes],
  ['an Accept of something else', { headers: { ...json, accept: 'text/html' } }, 406, acceptable],
  ['an Accept of RecordIO', { headers: { ...json, accept: 'application/recordio' } }, 406, acceptable],
  [
    'a stream id',
    { headers: { ...json, 'mesos-stream-id': 'made-up' } },
    400,
    "Subscribe calls should not include the 'Mesos-Stream-Id' header",
  ],
  [
    'the name of the other format',
    { headers: { ...json, 'content-type': 'application/x-protobuf' } },
    400,
    'Failed to parse body into Call protobuf',
  ],
  [
    'compression that is none',
    { headers: { ...json, 'content-encoding': 'gzip' } },
    500,
    'failed to decode body',
  ],
];

const badBodies: readonly Refusal[] = [
  ['that is cut', { body: '{"type":' }, 400, 'Failed to parse body into JSON: syntax error at line 1 near: '],
  [
    'that is no object',
    { body: '[]' },
    400,
    'Failed to convert JSON into Call protobuf: Expecting a JSON object',
  ],
  [
    'without a type',
    { body: '{}' },
    400,
    "Failed to validate scheduler::Call: Expecting 'type' to be present",
  ],
  [
    'of a type that is none',
    { body: '{"type":"NO_SUCH_CALL"}' },
    400,
    "Failed to validate scheduler::Call: Expecting 'type' to be present",
  ],
  [
    'without its payload',
    { body: '{"type":"SUBSCRIBE"}' },
    400,
    "Failed to validate scheduler::Call: Expecting 'subscribe' to be present",
  ],
  [
    'without a field that is required',
    { body: '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"name":"x"}}}' },
    400,
    'Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.user',
  ],
  [
    'with an id in one place only',
    { body: JSON.stringify({ ...subscribe, framework_id: { value: 'some-id' } }) },
    400,
    "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'",
  ],
];

describe.skipIf(!requireRealMesos())('what the client never sends', () => {
  const { cluster } = useCluster({ agents: [] });

  async function post(init: RequestInit): Promise<readonly [number, string]> {
    const body = JSON.stringify(subscribe);
    const url = `${cluster().url}/api/v1/scheduler`;
    const response = await fetch(url, { method: 'POST', headers: json, body, ...init });
    return [response.status, await response.text()];
  }

  it.each(badHeaders)('a subscription with %s', async (_, init, status, text) => {
    expect(await post(init)).toStrictEqual([status, text]);
  });

  it.each(badBodies)('a body %s', async (_, init, status, text) => {
    expect(await post(init)).toStrictEqual([status, text]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('a %s', async (method) => {
    const body = method === 'PUT' ? '{}' : null;
    expect(await post({ method, body })).toStrictEqual([
      405,
      `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`,
    ]);
  });

  describe('in a session', () => {
    const stream = new AbortController();
    let revive: Call;
    let streamId: string;

    beforeEach(async () => {
      const response = await fetch(`${cluster().url}/api/v1/scheduler`, {
        method: 'POST',
        headers: { ...json, 'content-encoding': 'gzip' },
        body: gzipSync(JSON.stringify(subscribe)),
        signal: stream.signal,
      });
      streamId = response.headers.get('mesos-stream-id') ?? '';
      const { subscribed } = await firstEvent(response);
      revive = { type: 'REVIVE', framework_id: subscribed?.framework_id };
    });
    afterEach(() => stream.abort());

    it('a call without its stream id, with another one, or one that is too long', async () => {
      const body = JSON.stringify(revive);
      const withId = (id: string) => post({ body, headers: { ...json, 'mesos-stream-id': id } });
      expect(await post({ body })).toStrictEqual([
        400,
        "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
      ]);
      for (const id of ['made-up', 'x'.repeat(129)])
        expect(await withId(id)).toStrictEqual([
          400,
          `The stream ID '${id}' included in this request didn't match the stream ID currently associated with framework ID ${revive.framework_id?.value}`,
        ]);
      expect(await withId(streamId)).toStrictEqual([202, '']);
    });
  });
});
