import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { loadProtoRoot } from '../../scripts/proto-root.ts';
import { arbitraryMessage } from '../../test-helpers/arbitrary-message.ts';
import { createCodec } from './codec.ts';

const json = createCodec('json', 'mesos.v1.scheduler.Event');
const encodeText = (text: string): Uint8Array => new TextEncoder().encode(text);
const decodeJson = (text: string) => json.decode(encodeText(text));

describe('the protobuf codec', () => {
  it('writes what protobufjs itself reads, and reads what that writes', () => {
    const type = loadProtoRoot().lookupType('mesos.v1.scheduler.Call');
    const codec = createCodec('protobuf', 'mesos.v1.scheduler.Call');
    fc.assert(
      fc.property(arbitraryMessage('mesos.v1.scheduler.Call'), (message) => {
        const bytes = codec.encode(message as never);
        const theirs = type.encode(type.decode(bytes)).finish();
        expect(codec.decode(theirs)).toStrictEqual(message);
      }),
      { numRuns: 200 },
    );
  });

  it('takes packed lists as well', () => {
    const packed = protobuf.Writer.create()
      .uint32((4 << 3) | 2)
      .fork()
      .uint32(200)
      .uint32(404)
      .ldelim();
    const codec = createCodec('protobuf', 'mesos.v1.HealthCheck.HTTPCheckInfo');
    expect(codec.decode(packed.finish())).toStrictEqual({ statuses: [200, 404] });
  });

  it('merges a message field that comes twice', () => {
    const codec = createCodec('protobuf', 'mesos.v1.Offer.Operation.LaunchGroup');
    const executor = { executor_id: { value: 'a' }, name: 'first' };
    const task_group = { tasks: [{ name: 't', task_id: { value: 't' }, agent_id: { value: 'x' } }] };
    const halves = [codec.encode({ executor, task_group }), codec.encode({ executor, task_group })];
    const tasks = [...task_group.tasks, ...task_group.tasks];
    expect(codec.decode(Buffer.concat(halves))).toStrictEqual({ executor, task_group: { tasks } });
  });

  it('refuses a field that is longer than the message that holds it', () => {
    const codec = createCodec('protobuf', 'mesos.v1.scheduler.Call.Kill');
    const inner = protobuf.Writer.create()
      .uint32((1 << 3) | 2)
      .uint32(4)
      .finish();
    const bytes = protobuf.Writer.create()
      .uint32((1 << 3) | 2)
      .uint32(inner.length)
      .finish();
    expect(() => codec.decode(Buffer.concat([bytes, inner, Buffer.from('four')]))).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    );
  });

  it('refuses bytes that end inside a field', () => {
    const codec = createCodec('protobuf', 'mesos.v1.TaskID');
    const bytes = codec.encode({ value: 'task-1' });
    expect(() => codec.decode(bytes.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    );
  });
});

describe('the JSON codec', () => {
  it('keeps 64-bit integers that no double holds, also where a text has digits', () => {
    const codec = createCodec('json', 'mesos.v1.Unavailability');
    const text =
      '{"start":{"nanoseconds":1795373977123456789},"duration":{"nanoseconds":-9223372036854775808}}';
    const decoded = codec.decode(encodeText(text));
    expect(decoded).toStrictEqual({
      start: { nanoseconds: 1795373977123456789n },
      duration: { nanoseconds: -9223372036854775808n },
    });
    expect(new TextDecoder().decode(codec.encode(decoded))).toBe(text);
  });

  it('reads long doubles as numbers', () => {
    const codec = createCodec('json', 'mesos.v1.Value.Scalar');
    expect(codec.decode(encodeText('{"value":11529215046068469760}'))).toStrictEqual({
      value: 2 ** 63 + 2 ** 61,
    });
    expect(codec.decode(encodeText('{"value":"Infinity"}'))).toStrictEqual({
      value: Number.POSITIVE_INFINITY,
    });
  });

  it('takes null and empty lists for unset', () => {
    expect(decodeJson('{"type":"OFFERS","offers":{"offers":[]},"update":null}')).toStrictEqual({
      type: 'OFFERS',
      offers: {},
    });
  });

  it('reads numbers that are written as text', () => {
    const codec = createCodec('json', 'mesos.v1.Value.Range');
    const range = { begin: 31000n, end: 18446744073709551615n };
    expect(codec.decode(encodeText('{"begin":"31000","end":"18446744073709551615"}'))).toStrictEqual(range);
    expect(decodeJson('{"failure":{"status":"-1"}}')).toStrictEqual({ failure: { status: -1 } });
  });

  it('keeps long integers among texts that look like them', () => {
    const codec = createCodec('json', 'mesos.v1.master.Event');
    const name = '"nanoseconds":1795373977123456789,';
    const agent_info = { hostname: name };
    const registered = '{"nanoseconds":1795373977123456789}';
    const agent = `{"agent_info":${JSON.stringify(agent_info)},"registered_time":${registered}}`;
    const text = `{"agent_added":{"agent":${agent}}}`;
    expect(codec.decode(encodeText(text))).toStrictEqual({
      agent_added: { agent: { agent_info, registered_time: { nanoseconds: 1795373977123456789n } } },
    });
  });

  it.each([
    ['not JSON at all', '{'],
    ['a list for a message', '[]'],
    ['a text for a message', '{"offers":"x"}'],
    ['a message for a list', '{"offers":{"offers":{}}}'],
    ['a fraction for an integer', '{"failure":{"status":1.5}}'],
    ['a number that is none', '{"failure":{"status":"one"}}'],
    ['a number that is no decimal one', '{"failure":{"status":"0x10"}}'],
    ['null in a list', '{"offers":{"offers":[null]}}'],
    ['null for a message', 'null'],
    ['bytes that are not base64', '{"message":{"data":"%%"}}'],
    ['base64 with a character too many', '{"message":{"data":"QUJDQ"}}'],
    [
      '64-bit integers beyond 64 bits',
      '{"inverse_offers":{"inverse_offers":[{"unavailability":{"start":{"nanoseconds":9223372036854775808}}}]}}',
    ],
  ])('refuses %s', (_what, text) => {
    expect(() => decodeJson(text)).toThrow(expect.objectContaining({ code: 'MALFORMED_MESSAGE' }));
  });
});

describe.each(['json', 'protobuf'] as const)('before sending, the %s codec', (format) => {
  const codec = createCodec(format, 'mesos.v1.scheduler.Call');
  const refuses = (call: unknown, words: RegExp) => {
    expect(() => codec.encode(call as never)).toThrow(expect.objectContaining({ code: 'INVALID_MESSAGE' }));
    expect(() => codec.encode(call as never)).toThrow(words);
  };

  it('refuses a misspelt field, which Mesos would ignore', () => {
    refuses({ type: 'REVIVE', revive: { role: 'a' } }, /field revive\.role: expected no such field/);
  });

  it('names a missing required field by its path', () => {
    refuses(
      { type: 'ACCEPT', accept: { offer_ids: [{ value: 'a' }, {}] } },
      /field accept\.offer_ids\[1\]\.value/,
    );
  });

  it('refuses values of a wrong type or out of range', () => {
    refuses({ type: 'KILL', kill: { task_id: { value: 1 } } }, /kill\.task_id\.value: expected a string/);
    refuses({ type: 'DREAM' }, /field type: expected one of/);
    const grace = { grace_period: { nanoseconds: 2n ** 63n } };
    refuses({ type: 'KILL', kill: { task_id: { value: 'a' }, kill_policy: grace } }, /a bigint of 64 bits/);
  });

  it.each([
    ['half a character', { value: 'a\ud800' }, /task_id\.value: expected a string \(of whole characters/],
    ['a Map, whose entries nobody would see', new Map([['value', 'a']]), /task_id: expected an object/],
    ['an array', ['a'], /task_id: expected an object/],
    ['what an object inherits', Object.create({ value: 'a' }), /task_id\.value: expected a value/],
  ])('refuses %s', (_what, task_id, words) => {
    refuses({ type: 'KILL', kill: { task_id } }, words);
  });

  it('refuses an object that contains itself', () => {
    const container: { value: string; parent?: unknown } = { value: 'a' };
    container.parent = container;
    const agentCodec = createCodec(format, 'mesos.v1.agent.Call');
    const call = { type: 'WAIT_CONTAINER', wait_container: { container_id: container } };
    expect(() => agentCodec.encode(call as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_MESSAGE', message: expect.stringContaining('100 messages') }),
    );
  });

  const volume_capability = { access_mode: { mode: 'SINGLE_NODE_WRITER' } };

  it.each([
    ['a Map', new Map([['a', 'A']])],
    ['an array', ['A']],
    ['a key with half a character', { '\udc00': 'A' }],
  ])('refuses %s for a map', (_what, parameters) => {
    const volumes = createCodec(format, 'mesos.v1.Volume.Source.CSIVolume.StaticProvisioning');
    const source = { volume_id: 'v', volume_capability, volume_context: parameters };
    expect(() => volumes.encode(source as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_MESSAGE',
        message: expect.stringContaining('volume_context'),
      }),
    );
  });

  it('keeps a map with any key, such as __proto__', () => {
    const volumes = createCodec(format, 'mesos.v1.Volume.Source.CSIVolume.StaticProvisioning');
    const volume_context = JSON.parse('{"__proto__":"a","constructor":"b","":"c"}') as Record<string, string>;
    const source = { volume_id: 'v', volume_capability, volume_context };
    const decoded = volumes.decode(volumes.encode(source as never));
    expect(Object.entries(decoded.volume_context ?? {}).sort()).toStrictEqual(
      Object.entries(volume_context).sort(),
    );
    expect(Object.getPrototypeOf(decoded.volume_context)).toBe(Object.prototype);
  });

  it('writes an integer without the sign of nothing', () => {
    const failures = createCodec(format, 'mesos.v1.scheduler.Event.Failure');
    expect(failures.encode({ status: -0 })).toStrictEqual(failures.encode({ status: 0 }));
  });

  it('takes a field that is undefined for unset', () => {
    expect(codec.decode(codec.encode({ type: 'REVIVE', revive: undefined }))).toStrictEqual({
      type: 'REVIVE',
    });
  });
});
