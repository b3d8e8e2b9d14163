import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder } from './frame-decoder.ts';
import { JuteReader } from './jute.ts';
import {
  decodeChildren,
  decodeConnectAnswer,
  decodeData,
  decodeReplyHeader,
  encodeConnect,
  encodeRequest,
  encodeWatchedPath,
  operations,
  specialXids,
} from './messages.ts';

interface Line {
  readonly n: number;
  readonly request?: {
    readonly op?: 'connect' | 'getChildren' | 'getData';
    readonly path: string;
    readonly watch?: boolean;
    readonly base64: string;
  };
  readonly response?: {
    readonly base64: string;
    readonly decoded: {
      readonly err: number;
      readonly zxid: number;
      readonly children?: readonly string[];
      readonly data_text?: string;
      readonly data_base64?: string;
      readonly session_id: string;
      readonly negotiated_timeout_ms: number;
    };
  };
  readonly event?: { readonly base64: string; readonly path: string };
}

const recording = new URL('../../../../test-fixtures/mesos-1.11.0/09-leaders.jsonl', import.meta.url);
const lines = readFileSync(recording, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const exchanges = lines.flatMap(({ n, request, response }) =>
  request?.op && response ? [{ n, request, response, op: request.op, path: request.path }] : [],
);
const connects = exchanges.filter(({ op }) => op === 'connect');
const reads = exchanges.filter(({ op }) => op !== 'connect');
const answered = reads.filter(({ response }) => response.decoded.err === 0);

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

function unframed(base64: string): Uint8Array {
  const payloads: Uint8Array[] = [];
  new FrameDecoder((payload) => payloads.push(payload)).push(bytesOf(base64));
  expect(payloads).toHaveLength(1);
  return payloads[0] ?? new Uint8Array();
}

describe('messages recorded beside a real Mesos', () => {
  it('are there', () => {
    expect([connects.length, reads.length, answered.length]).toStrictEqual([2, 39, 33]);
  });

  it.each(connects)('$n: connecting is written and read alike', ({ request, response }) => {
    const session = { id: 0n, password: new Uint8Array(16) };
    const written = encodeFrame(encodeConnect({ lastZxid: 0n, timeout: 10_000, session }));
    expect(written).toStrictEqual(bytesOf(request.base64));
    const answer = decodeConnectAnswer(unframed(response.base64));
    expect(`0x${answer.session.id.toString(16)}`).toBe(response.decoded.session_id);
    expect(answer.timeout).toBe(response.decoded.negotiated_timeout_ms);
    expect(answer.session.password).toHaveLength(16);
  });

  it.each(reads.filter(({ request }) => request.watch))(
    '$n: $op $path is written alike',
    ({ op, request }) => {
      const xid = new JuteReader(unframed(request.base64)).int();
      const operation = op === 'getData' ? operations.getData : operations.getChildren;
      expect(encodeFrame(encodeRequest(xid, operation, encodeWatchedPath(request.path)))).toStrictEqual(
        bytesOf(request.base64),
      );
    },
  );

  it.each(reads)('$n: the answer to $op $path is read alike', ({ op, request, response }) => {
    const reader = new JuteReader(unframed(response.base64));
    const { err, zxid, children, data_text, data_base64 = '' } = response.decoded;
    expect(decodeReplyHeader(reader)).toStrictEqual({
      xid: new JuteReader(unframed(request.base64)).int(),
      zxid: BigInt(zxid),
      status: err === 0 ? 'OK' : 'NO_NODE',
    });
    if (err !== 0) expect(reader.remaining).toBe(0);
    else if (op === 'getChildren') expect(decodeChildren(reader)).toStrictEqual(children);
    else expect(Buffer.from(decodeData(reader)).toString()).toBe(data_text ?? data_base64);
  });

  it.each(answered)('$n: the answer is refused where it is cut, or longer', ({ op, response }) => {
    const payload = unframed(response.base64);
    const read = (bytes: Uint8Array) => {
      const reader = new JuteReader(bytes);
      decodeReplyHeader(reader);
      return op === 'getChildren' ? decodeChildren(reader) : decodeData(reader);
    };
    const malformed = expect.objectContaining({ code: 'MALFORMED_MESSAGE' });
    for (let length = 0; length < payload.length; length++)
      expect(() => read(payload.subarray(0, length))).toThrow(malformed);
    expect(() => read(Uint8Array.of(...payload, 0))).toThrow(malformed);
  });

  it('tell of changes under a number of their own', () => {
    const events = lines.flatMap(({ event }) => event ?? []);
    expect(events.length).toBeGreaterThan(0);
    for (const { base64 } of events)
      expect(decodeReplyHeader(new JuteReader(unframed(base64))).xid).toBe(specialXids.notification);
  });
});
